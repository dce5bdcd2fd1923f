package dev.meshagent.runtime.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.runtime.log.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Names and snapshots on disk, one file a service and controller, so that the first mesh call after
 * a restart need not wait. It is a hint: a file that is malformed, of another format or of another
 * owner is ignored, one that cannot be written is done without, and the controller corrects what it
 * says. Written beside and moved, so that a reader never sees half of it. Reading and writing block
 * on the disk; {@link #write} leaves that to another thread and is used from the control loop only.
 */
public final class PolicyCache {
  /** Raised with every change that an older agent would misread. */
  private static final int FORMAT = 1;

  private static final JsonFactory JSON = new JsonFactory();

  /** Some 20,000 services with 10 endpoints each; more would keep the first calls waiting. */
  private static final int MAX_BYTES = 64 << 20;

  /**
   * Of a write that never came to its end; a process beside this one may be in the middle of one.
   */
  private static final long LEFTOVER_MILLIS = 60_000;

  private final Path file;
  private final Executor disk;
  private final AtomicReference<CachedPolicy> waiting = new AtomicReference<>();
  private boolean leftoversCleared;
  private volatile boolean writable = true;

  /**
   * @param directory made when first written
   * @param controller part of the file's name, since two controllers are two meshes
   * @param disk runs what blocks on the disk, one after the other
   */
  public PolicyCache(
      Path directory, String controller, String namespace, String service, Executor disk) {
    this.disk = disk;
    String name = namespace + "." + service + "@" + controller.replaceAll("[^A-Za-z0-9.-]", "_");
    this.file = directory.resolve("policy-" + name + ".json");
  }

  /** What was written last, or null. */
  CachedPolicy read(SnapshotCodec codec) {
    try {
      if (!Files.isRegularFile(file)) {
        return null;
      }
      UserPrincipal owner = Files.getOwner(file);
      if (!owner.equals(thisUser())) {
        ignored("it belongs to " + owner);
        return null;
      }
      if (Files.size(file) > MAX_BYTES) {
        ignored("it is larger than " + MAX_BYTES + " bytes");
        return null;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return parse(text, codec);
    } catch (IOException | RuntimeException e) {
      ignored("it cannot be read: " + e);
      return null;
    }
  }

  private void ignored(String why) {
    Log.info("cache " + file + " is ignored: " + why);
  }

  /** As the file system has it; {@code user.name} is what somebody set. */
  private UserPrincipal thisUser() throws IOException {
    Path mine = beside();
    create(mine).close();
    try {
      return Files.getOwner(mine);
    } finally {
      delete(mine);
    }
  }

  /** Replaces what was written, soon; the first failure is said and ends writing. */
  void write(CachedPolicy policy) {
    // One that still waits for the disk gives way.
    if (writable && waiting.getAndSet(policy) == null) {
      disk.execute(
          new Runnable() {
            @Override
            public void run() {
              writeNow(waiting.getAndSet(null));
            }
          });
    }
  }

  private void writeNow(CachedPolicy policy) {
    if (!writable) {
      return;
    }
    Path beside = null;
    try {
      makeDirectory();
      clearLeftovers();
      beside = beside();
      try (JsonGenerator json = JSON.createGenerator(create(beside))) {
        write(json, policy);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      writable = false;
      Log.info(
          "cache.dir: "
              + file
              + " cannot be written ("
              + e
              + "); the first call after a restart will wait for the controller");
      delete(beside);
    }
  }

  /** Not createTempFile: it would initialise the JDK's security providers for its random name. */
  private Path beside() {
    return file.resolveSibling(file.getFileName() + "." + System.nanoTime() + ".tmp");
  }

  private void makeDirectory() throws IOException {
    Path directory = file.getParent();
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, ownersOnly(directory, "rwx------"));
    }
  }

  private void clearLeftovers() throws IOException {
    if (leftoversCleared) {
      return;
    }
    leftoversCleared = true;
    String prefix = file.getFileName() + ".";
    long before = System.currentTimeMillis() - LEFTOVER_MILLIS;
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(file.getParent())) {
      for (Path sibling : siblings) {
        String name = sibling.getFileName().toString();
        if (name.startsWith(prefix)
            && name.endsWith(".tmp")
            && Files.getLastModifiedTime(sibling).toMillis() < before) {
          delete(sibling);
        }
      }
    }
  }

  /** Permissions for the owner alone, where the file system knows of that. */
  private static FileAttribute<?>[] ownersOnly(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** A new file that only its owner may read and write. */
  private static OutputStream create(Path path) throws IOException {
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.CREATE_NEW);
    options.add(StandardOpenOption.WRITE);
    return Channels.newOutputStream(
        Files.newByteChannel(path, options, ownersOnly(path, "rw-------")));
  }

  private static CachedPolicy parse(String text, SnapshotCodec codec) throws IOException {
    String epoch = "";
    List<NamedService> names = Collections.emptyList();
    List<ServiceSnapshot> services = new ArrayList<>();
    long format = 0;
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "format":
            format = json.getLongValue();
            break;
          case "epoch":
            epoch = json.getText();
            break;
          case "names":
            names = IncomingFrame.readNamedServices(json, new UnknownFields());
            break;
          case "services":
            while (json.nextToken() != JsonToken.END_ARRAY) {
              // Each is a frame of its own, which the codec reads as such.
              services.add(codec.readService(json.getText(), null));
            }
            break;
          default:
            json.skipChildren();
        }
      }
    }
    if (format != FORMAT) {
      throw new IOException("format " + format + " where " + FORMAT + " is read");
    }
    return new CachedPolicy(epoch, names, services);
  }

  private static void write(JsonGenerator json, CachedPolicy policy) throws IOException {
    json.writeStartObject();
    json.writeNumberField("format", FORMAT);
    json.writeStringField("epoch", policy.epoch);
    json.writeArrayFieldStart("names");
    for (NamedService service : policy.names) {
      json.writeStartObject();
      json.writeStringField("service", service.id.toString());
      json.writeArrayFieldStart("hosts");
      for (String host : service.hosts) {
        json.writeString(host);
      }
      json.writeEndArray();
      json.writeStringField(
          "onAgentError", service.onAgentError == OnAgentError.FAIL ? "fail" : "passthrough");
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("services");
    for (ServiceSnapshot snapshot : policy.services) {
      json.writeString(SnapshotCodec.serviceFrame(snapshot, true));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void delete(Path beside) {
    try {
      if (beside != null) {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      // A temporary file is left behind; there is nothing better to do about it.
    }
  }
}
