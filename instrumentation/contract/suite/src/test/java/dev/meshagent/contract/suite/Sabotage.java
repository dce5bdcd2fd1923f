package dev.meshagent.contract.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Makes an agent in which all advice of client libraries throws, from the one that was built. */
final class Sabotage {
  private static final String INSTRUMENTATION = "agent/dev/meshagent/instrumentation/";

  private Sabotage() {}

  /** Writes that agent. The advice of servers is left whole. */
  static Path of(Path agent, Path target) throws IOException {
    try (ZipFile built = new ZipFile(agent.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      for (ZipEntry entry : built.stream().toList()) {
        byte[] bytes;
        try (InputStream in = built.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        String name = entry.getName();
        boolean advice =
            name.startsWith(INSTRUMENTATION)
                && name.endsWith("Advice.class")
                && !name.startsWith(INSTRUMENTATION + "server");
        out.putNextEntry(new ZipEntry(name));
        out.write(advice ? throwing(bytes) : bytes);
      }
    }
    return target;
  }

  private static byte[] throwing(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new Throwing(
                super.visitMethod(access, name, descriptor, signature, exceptions), name);
          }
        },
        ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  /** Passes a method on with its annotations, and where those make it advice with other code. */
  private static final class Throwing extends MethodVisitor {
    private final MethodVisitor method;
    private final String name;
    private boolean advice;

    Throwing(MethodVisitor method, String name) {
      super(Opcodes.ASM9, method);
      this.method = method;
      this.name = name;
    }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
      advice |= descriptor.startsWith("Lnet/bytebuddy/asm/Advice$OnMethod");
      return super.visitAnnotation(descriptor, visible);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (!advice) {
        return;
      }
      String exception = "java/lang/IllegalStateException";
      method.visitTypeInsn(Opcodes.NEW, exception);
      method.visitInsn(Opcodes.DUP);
      method.visitLdcInsn("on purpose, in " + name);
      method.visitMethodInsn(
          Opcodes.INVOKESPECIAL, exception, "<init>", "(Ljava/lang/String;)V", false);
      method.visitInsn(Opcodes.ATHROW);
      method.visitMaxs(0, 0);
      method.visitEnd();
      mv = null; // The code that was there is dropped.
    }
  }
}
