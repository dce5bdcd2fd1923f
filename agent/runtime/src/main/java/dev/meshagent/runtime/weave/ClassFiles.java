package dev.meshagent.runtime.weave;

import java.io.IOException;
import java.io.InputStream;

/**
 * Finds class files without loading classes: of the agent in the agent's loader, of libraries where
 * the application would find them. A class that is being loaded is known by its bytes.
 */
final class ClassFiles {
  private static final String AGENT_PREFIX = InstrumentationLoader.AGENT_PREFIX.replace('.', '/');

  private final ClassLoader agent;
  private final ClassLoader library;
  private final String currentName;
  private final byte[] currentClassFile;

  /**
   * @param library null for the boot loader
   * @param currentName internal
   */
  ClassFiles(ClassLoader agent, ClassLoader library, String currentName, byte[] currentClassFile) {
    this.agent = agent;
    // The agent's parent sees the platform; asking the system loader would ask the application.
    // On Java 8 that parent is the boot loader, whose classes the agent's loader finds as well.
    ClassLoader platform = agent.getParent() == null ? agent : agent.getParent();
    this.library = library == null ? platform : library;
    this.currentName = currentName;
    this.currentClassFile = currentClassFile;
  }

  /** The class file of an internal name, or null. */
  byte[] find(String internalName) {
    if (internalName.equals(currentName)) {
      return currentClassFile;
    }
    ClassLoader loader = internalName.startsWith(AGENT_PREFIX) ? agent : library;
    try (InputStream in = loader.getResourceAsStream(internalName + ".class")) {
      return in == null ? null : Bytes.read(in);
    } catch (IOException e) {
      return null;
    }
  }
}
