package dev.meshagent.controller.registry;

import dev.meshagent.controller.files.OwnerOnly;
import dev.meshagent.controller.store.CommitVersions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws resource versions, each larger than all before it, across restarts too: a block of numbers
 * is reserved on disk before the first of it is used, so that a crash loses numbers but never
 * repeats one. A write happens once in {@value #BLOCK} changes.
 *
 * <p>A commit draws its version before it is written to the disk; until it is told of, {@link
 * #drawIfSettled} gives none, so that what is told of in between has no larger one. Thread-safe.
 */
public final class ResourceVersions implements LongSupplier, CommitVersions {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceVersions.class);

  static final int BLOCK = 10_000;

  /** After a failed reservation, how many versions to hand out before the next try. */
  private static final int RETRY = 100;

  private final Path file;
  private long next;
  private long reservedEnd;

  /** Said once, until it works again. */
  private boolean failing;

  /** A commit has drawn its version and was not told of yet. */
  private boolean committing;

  private Runnable settled = () -> {};

  private ResourceVersions(Path file, long next) {
    this.file = file;
    this.next = next;
    this.reservedEnd = next;
  }

  /**
   * Keeps the reservation in {@code resource-version} in the directory, which is created if absent,
   * for the user of the controller alone.
   *
   * @throws IOException if the directory cannot be made or the file not be read or written
   */
  public static ResourceVersions in(Path directory) throws IOException {
    makeWritable(directory);
    Path file = directory.resolve("resource-version");
    long start = 1;
    if (Files.exists(file)) {
      String text = Files.readString(file).strip();
      try {
        start = Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new IOException(
            file
                + " holds '"
                + text
                + "' where a number belongs; restore the file, or remove it if no client relies on"
                + " resource versions seen before",
            e);
      }
    }
    ResourceVersions versions = new ResourceVersions(file, start);
    versions.reserve();
    return versions;
  }

  private static void makeWritable(Path directory) throws IOException {
    String why;
    try {
      OwnerOnly.directory(directory);
      if (Files.isWritable(directory)) {
        return;
      }
      why = "this user may not write there";
    } catch (FileAlreadyExistsException e) {
      why = "it is a file";
    } catch (AccessDeniedException e) {
      why = "this user may not make it there";
    } catch (FileSystemException e) {
      why = e.getReason() == null ? "it cannot be made there" : e.getReason();
    }
    throw new IOException("cannot keep data in " + directory + ": " + why);
  }

  /**
   * Keeps nothing; starts from the wall clock in microseconds, so that versions repeat after a
   * restart only if the clock was set back.
   */
  public static ResourceVersions inMemory(long epochMicros) {
    return new ResourceVersions(null, epochMicros);
  }

  @Override
  public synchronized long getAsLong() {
    if (file != null && next >= reservedEnd) {
      try {
        reserve();
      } catch (IOException e) {
        // Live workloads must not depend on a disk: go on, and try again a little later.
        reservedEnd = next + RETRY;
        if (!failing) {
          failing = true;
          LOG.error(
              "cannot reserve resource versions in {}: {}. The mesh goes on, but after a restart"
                  + " versions may repeat. Make the directory writable and see that its disk is not"
                  + " full.",
              file,
              e.toString());
        }
      }
    }
    return next++;
  }

  @Override
  public synchronized long begin() {
    committing = true;
    return getAsLong();
  }

  @Override
  public void end() {
    Runnable task;
    synchronized (this) {
      committing = false;
      task = settled;
    }
    task.run();
  }

  /** Draws a version if no commit is under way. */
  public synchronized OptionalLong drawIfSettled() {
    return committing ? OptionalLong.empty() : OptionalLong.of(getAsLong());
  }

  /** What runs when a commit has ended. */
  public synchronized void whenSettled(Runnable task) {
    settled = task;
  }

  /** Makes all further versions larger than this one. */
  public synchronized void startAfter(long version) {
    next = Math.max(next, version + 1);
  }

  private void reserve() throws IOException {
    Path fresh = file.resolveSibling("resource-version.new");
    byte[] text = Long.toString(next + BLOCK).getBytes(StandardCharsets.US_ASCII);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(text));
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    reservedEnd = next + BLOCK;
    failing = false;
  }
}
