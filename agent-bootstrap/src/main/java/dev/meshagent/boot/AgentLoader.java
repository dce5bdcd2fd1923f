package dev.meshagent.boot;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent's classes and libraries from the directory {@value #PREFIX} of the agent's jar,
 * where the system loader does not find them. Its parent is the platform loader (Java 8: the boot
 * loader), so it neither sees the application nor is seen by it. Parallel-capable.
 *
 * <pre>
 *        boot ◀── platform ◀── system (application, dev.meshagent.boot)
 *                    ▲
 *                    └── AgentLoader: dev.meshagent.*, Byte Buddy, Jackson, …
 * </pre>
 */
final class AgentLoader extends ClassLoader {
  static final String PREFIX = "agent/";

  static {
    registerAsParallelCapable();
  }

  private final ZipFile zip;
  private final String base;
  private final ProtectionDomain domain;

  AgentLoader(File jar, ZipFile zip, ClassLoader parent) throws MalformedURLException {
    super(parent);
    this.zip = zip;
    URL location = jar.toURI().toURL();
    this.base = "jar:" + location + "!/" + PREFIX;
    this.domain =
        new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null, this, null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try {
      byte[] classFile = read(zip, PREFIX + name.replace('.', '/') + ".class");
      return defineClass(name, classFile, 0, classFile.length, domain);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Read from the open jar: a connection to a {@code jar:} URL would be slower, and cached. */
  @Override
  public InputStream getResourceAsStream(String name) {
    ZipEntry entry = zip.getEntry(PREFIX + name);
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try {
      return new ByteArrayInputStream(read(zip, entry));
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    try {
      return zip.getEntry(PREFIX + name) == null ? null : new URL(base + name);
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

  /** The bytes of an entry of the jar. */
  static byte[] read(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new FileNotFoundException(name + " is not in " + zip.getName());
    }
    return read(zip, entry);
  }

  private static byte[] read(ZipFile zip, ZipEntry entry) throws IOException {
    byte[] bytes = new byte[(int) entry.getSize()];
    try (InputStream in = zip.getInputStream(entry)) {
      int length = 0;
      while (length < bytes.length) {
        int count = in.read(bytes, length, bytes.length - length);
        if (count < 0) {
          throw new IOException(entry.getName() + " is cut short; was the agent's jar replaced?");
        }
        length += count;
      }
    }
    return bytes;
  }
}
