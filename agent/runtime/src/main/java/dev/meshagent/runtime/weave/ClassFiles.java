package dev.meshagent.runtime.weave;

import java.io.IOException;
import net.bytebuddy.dynamic.ClassFileLocator;

/**
 * Finds class files without loading classes: of the agent in the agent's loader, of libraries where
 * the application would find them. A class that is being loaded is known by its bytes.
 */
final class ClassFiles implements ClassFileLocator {
  private final ClassFileLocator agent;
  private final ClassFileLocator library;
  private final String currentName;
  private final byte[] currentClassFile;

  /**
   * @param library null for the boot loader
   * @param currentName with dots
   */
  ClassFiles(ClassLoader agent, ClassLoader library, String currentName, byte[] currentClassFile) {
    this.agent = ClassFileLocator.ForClassLoader.of(agent);
    // The agent's parent sees the platform; asking the system loader would ask the application.
    ClassLoader visible = library == null ? agent.getParent() : library;
    this.library =
        visible == null
            ? ClassFileLocator.ForClassLoader.ofBootLoader()
            : ClassFileLocator.ForClassLoader.of(visible);
    this.currentName = currentName;
    this.currentClassFile = currentClassFile;
  }

  @Override
  public Resolution locate(String name) throws IOException {
    if (name.equals(currentName)) {
      return new Resolution.Explicit(currentClassFile);
    }
    // Byte Buddy's, because advice is annotated with it.
    return name.startsWith(InstrumentationLoader.AGENT_PREFIX) || name.startsWith("net.bytebuddy.")
        ? agent.locate(name)
        : library.locate(name);
  }

  @Override
  public void close() {
    // Owns nothing.
  }
}
