package dev.meshagent.instrumentation.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.objectweb.asm.ClassReader;

/** The compiled classes of one instrumentation, by internal name. */
final class ModuleClasses {
  private final Path directory;

  ModuleClasses(Path directory) {
    this.directory = directory;
  }

  boolean contains(String internalName) {
    return Files.exists(file(internalName));
  }

  ClassReader read(String internalName) {
    try {
      return new ClassReader(Files.readAllBytes(file(internalName)));
    } catch (IOException e) {
      throw new UncheckedIOException("advice class " + internalName + " was not compiled", e);
    }
  }

  private Path file(String internalName) {
    return directory.resolve(internalName + ".class");
  }
}
