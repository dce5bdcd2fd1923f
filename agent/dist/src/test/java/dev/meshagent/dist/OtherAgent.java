package dev.meshagent.dist;

import java.io.File;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Another vendor's agent: it looks at every class, and has loaded our target before we come. */
public final class OtherAgent implements ClassFileTransformer {
  public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
    Class.forName("java.net.ServerSocket");
    instrumentation.addTransformer(new OtherAgent(), true);
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
    return null;
  }

  /** Packs this class as an agent. */
  static File jar(Path directory) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", OtherAgent.class.getName());
    manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    File file = directory.resolve("other-agent.jar").toFile();
    String entry = OtherAgent.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(new FileOutputStream(file), manifest);
        InputStream in = OtherAgent.class.getResourceAsStream("/" + entry)) {
      jar.putNextEntry(new JarEntry(entry));
      byte[] buffer = new byte[4096];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        jar.write(buffer, 0, count);
      }
      jar.closeEntry();
    }
    return file;
  }
}
