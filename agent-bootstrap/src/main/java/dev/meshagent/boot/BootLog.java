package dev.meshagent.boot;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the one line that is due when the agent stays off, where the agent's log would have gone.
 * Never throws.
 */
final class BootLog {
  private BootLog() {}

  static void info(String arguments, String message) {
    try {
      if ("off".equalsIgnoreCase(setting("log.level", arguments))) {
        return;
      }
      byte[] line = ("mesh-agent INFO " + message + "\n").getBytes(StandardCharsets.UTF_8);
      String file = setting("log.file", arguments);
      if (file == null || file.isEmpty()) {
        // Not closed: it is the process's own descriptor.
        new FileOutputStream(FileDescriptor.err).write(line);
      } else {
        try (OutputStream out = new FileOutputStream(file, true)) {
          out.write(line);
        }
      }
    } catch (Throwable ignored) {
      // A log that cannot be written must not reach the application.
    }
  }

  private static String setting(String key, String arguments) {
    return EarlySettings.find(key, arguments, System.getProperties(), System.getenv());
  }
}
