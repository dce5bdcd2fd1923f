package dev.meshagent.runtime.weave;

import java.io.IOException;
import java.io.InputStream;

/**
 * Defines one module's advice for one application loader. The contract of its delegation: {@code
 * dev.meshagent.instrumentation.*} is defined here, from the agent's bytes; any other {@code
 * dev.meshagent.*} is the agent's; everything else is what the library itself would see.
 * Parallel-capable.
 */
final class InstrumentationLoader extends ClassLoader {
  static final String AGENT_PREFIX = "dev.meshagent.";
  private static final String OWN_PREFIX = AGENT_PREFIX + "instrumentation.";

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader agent;

  /**
   * @param library the application's loader; for types of the JDK the platform loader, or null
   */
  InstrumentationLoader(ClassLoader agent, ClassLoader library) {
    super(library);
    this.agent = agent;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(AGENT_PREFIX)) {
      return super.loadClass(name, resolve);
    }
    if (!name.startsWith(OWN_PREFIX)) {
      return agent.loadClass(name);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = agent.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] classFile = Bytes.read(in);
      return defineClass(name, classFile, 0, classFile.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
