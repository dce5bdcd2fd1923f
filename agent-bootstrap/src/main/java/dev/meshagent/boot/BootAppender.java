package dev.meshagent.boot;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Brings a class to the boot loader of Java 8, which has no other way than a jar on its append
 * path. The jar holds that class alone, so that no other class of the agent appears there.
 */
final class BootAppender {
  private BootAppender() {}

  static void append(Instrumentation instrumentation, String className, byte[] classFile)
      throws IOException {
    File file = File.createTempFile("mesh-agent-boot", ".jar");
    file.deleteOnExit();
    try (JarOutputStream jar = new JarOutputStream(new FileOutputStream(file))) {
      jar.putNextEntry(new JarEntry(className.replace('.', '/') + ".class"));
      jar.write(classFile);
      jar.closeEntry();
    }
    instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(file));
  }
}
