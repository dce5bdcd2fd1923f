package dev.meshagent.dist;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;

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
  static File jar(Path directory) throws IOException {
    File file = directory.resolve("other-agent.jar").toFile();
    ForkedJvm.pack(file, OtherAgent.class, "Premain-Class", "Can-Retransform-Classes");
    return file;
  }
}
