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
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names and snapshots on disk, one file a service and controller, so that the first mesh call after
 * a restart need not wait. It is a hint: a file that is malformed, of another format or of another
 * owner is ignored, one that cannot be written is done without, and the controller corrects what it
 * says. Written beside and moved, so that a reader never sees half of it. Used from the control
 * loop only.
 */
public final class PolicyCache {
  /** Raised with every change that an older agent would misread. */
  private static final int FORMAT = 1;

  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private boolean writable = true;

  /**
   * @param directory made when first written
   * @param controller part of the file's name, since two controllers are two meshes
   */
  public PolicyCache(Path directory, String controller, String namespace, String service) {
    String name = namespace + "." + service + "@" + controller.replaceAll("[^A-Za-z0-9.-]", "_");
    this.file = directory.resolve("policy-" + name + ".json");
  }

  /** What was written last, or null. */
  CachedPolicy read(SnapshotCodec codec) {
    try {
      if (!Files.isRegularFile(file)
          || !Files.getOwner(file).getName().equals(System.getProperty("user.name"))) {
        return null;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return parse(text, codec);
    } catch (IOException | RuntimeException e) {
      Log.debug("cache " + file + " is ignored", e);
      return null;
    }
  }

  /** Replaces what was written; the first failure is said and ends writing. */
  void write(CachedPolicy policy) {
    if (!writable) {
      return;
    }
    Path beside = null;
    try {
      Files.createDirectories(file.getParent());
      // Not createTempFile: it would initialise the JDK's security providers for its random name.
      beside = file.resolveSibling(file.getFileName() + "." + System.nanoTime() + ".tmp");
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

  /** A new file that only its owner may read and write, where the file system knows of that. */
  private static OutputStream create(Path path) throws IOException {
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.CREATE_NEW);
    options.add(StandardOpenOption.WRITE);
    FileAttribute<?>[] attributes =
        path.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return Channels.newOutputStream(Files.newByteChannel(path, options, attributes));
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
