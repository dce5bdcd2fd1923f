package dev.meshagent.boot;

/** Which Java versions the agent runs on. */
final class JavaVersions {
  /** The floor of the agent's own class files. */
  static final int OLDEST = 8;

  /** The newest whose class files the bundled ASM reads. */
  static final int NEWEST = 28;

  private JavaVersions() {}

  /** Why a {@code java.specification.version} such as 1.8 or 17 is refused, or null. */
  static String refusal(String specification) {
    int version;
    try {
      version =
          Integer.parseInt(
              specification.startsWith("1.") ? specification.substring(2) : specification);
    } catch (RuntimeException e) {
      version = 0;
    }
    return version >= OLDEST && version <= NEWEST
        ? null
        : "stays off: Java "
            + specification
            + " is not supported; use Java "
            + OLDEST
            + " to "
            + NEWEST
            + ", or a newer agent";
  }

  /** True on Java 9 and later. */
  static boolean hasModules() {
    return !System.getProperty("java.specification.version").startsWith("1.");
  }
}
