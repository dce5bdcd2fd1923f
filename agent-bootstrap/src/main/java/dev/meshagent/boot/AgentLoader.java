package dev.meshagent.boot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;

/**
 * Loads the agent's classes and libraries from the directory {@value #PREFIX} of the agent's jar,
 * where the system loader does not find them. Its parent is the platform loader (Java 8: the boot
 * loader), so it neither sees the application nor is seen by it. Parallel-capable.
 *
 * <pre>
 *        boot ◀── platform ◀── system (application, dev.meshagent.boot)
 *                    ▲
 *                    └── AgentLoader: dev.meshagent.*, ASM, Jackson, …
 * </pre>
 */
final class AgentLoader extends ClassLoader {
  static final String PREFIX = "agent/";

  static {
    registerAsParallelCapable();
  }

  private final AgentJar jar;
  private final String base;
  private final ProtectionDomain domain;

  AgentLoader(AgentJar jar, ClassLoader parent) throws MalformedURLException {
    super(parent);
    this.jar = jar;
    URL location = jar.file.toURI().toURL();
    this.base = "jar:" + location + "!/" + PREFIX;
    this.domain =
        new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null, this, null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try {
      byte[] classFile = jar.get(PREFIX + name.replace('.', '/') + ".class");
      return defineClass(name, classFile, 0, classFile.length, domain);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** From the open jar: a connection to a {@code jar:} URL would be slower, and cached. */
  @Override
  public InputStream getResourceAsStream(String name) {
    if (!jar.contains(PREFIX + name)) {
      return super.getResourceAsStream(name);
    }
    try {
      return new ByteArrayInputStream(jar.get(PREFIX + name));
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    try {
      return jar.contains(PREFIX + name) ? new URL(base + name) : null;
    } catch (MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL found = findResource(name);
    return found == null
        ? Collections.<URL>emptyEnumeration()
        : Collections.enumeration(Collections.singleton(found));
  }
}
