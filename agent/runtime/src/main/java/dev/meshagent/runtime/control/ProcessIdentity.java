package dev.meshagent.runtime.control;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;
import java.util.UUID;

/**
 * Which process this is: its uid, drawn at its start, and what helps a person to find it. Nothing
 * here asks DNS, the platform MBean server or SecureRandom, each of which costs too much at a
 * start. Immutable.
 */
public final class ProcessIdentity {
  /** 128 random bits in hex. */
  public final String uid;

  /** 0 where it cannot be known. */
  public final long pid;

  /** Empty where it cannot be known. */
  public final String host;

  public final String javaVersion;

  public ProcessIdentity(String uid, long pid, String host, String javaVersion) {
    this.uid = uid;
    this.pid = pid;
    this.host = host;
    this.javaVersion = javaVersion;
  }

  public static ProcessIdentity draw() {
    return new ProcessIdentity(
        drawUid(), findPid(), findHost(System.getenv()), System.getProperty("java.version", ""));
  }

  private static String drawUid() {
    byte[] bits = new byte[16];
    try (DataInputStream random =
        new DataInputStream(Files.newInputStream(Paths.get("/dev/urandom")))) {
      random.readFully(bits);
    } catch (IOException | RuntimeException e) {
      return UUID.randomUUID().toString().replace("-", "");
    }
    StringBuilder hex = new StringBuilder(2 * bits.length);
    for (byte bit : bits) {
      hex.append(Character.forDigit(bit >> 4 & 15, 16)).append(Character.forDigit(bit & 15, 16));
    }
    return hex.toString();
  }

  private static long findPid() {
    try {
      Class<?> handle = Class.forName("java.lang.ProcessHandle");
      Object current = handle.getMethod("current").invoke(null);
      return (Long) handle.getMethod("pid").invoke(current);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Java 8: Linux tells by a link.
    }
    try {
      return Long.parseLong(new File("/proc/self").getCanonicalFile().getName());
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  private static String findHost(Map<String, String> environment) {
    Path file = Paths.get("/proc/sys/kernel/hostname");
    try {
      if (Files.isReadable(file)) {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
      }
    } catch (IOException | RuntimeException e) {
      // The environment knows it elsewhere.
    }
    String name = environment.get("HOSTNAME");
    if (name == null) {
      name = environment.get("COMPUTERNAME");
    }
    return name == null ? "" : name;
  }
}
