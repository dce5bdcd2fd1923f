package dev.meshagent.runtime.weave;

import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Writes the calls of advice into a class. Nothing is added to the class but code in existing
 * methods, so that loaded classes can be retransformed.
 *
 * <p>This is Byte Buddy's advice, for the part of it that dispatched advice needs, written with ASM
 * alone: Byte Buddy would load eight hundred classes before the first of ours is woven, which costs
 * several hundred milliseconds of an application's first call. Thread-safe.
 */
final class AdviceWriter {
  /** The first class file version that may hold an invokedynamic instruction (Java 7). */
  private static final int FIRST_INDY_VERSION = 51;

  private final Handle bootstrap;

  /**
   * @param bootClass the internal name of the class with the methods {@code link}, a bootstrap
   *     method, {@code call}, for class files too old for one, and {@code suppressed}, which is
   *     given what advice throws
   */
  AdviceWriter(String bootClass) {
    bootstrap =
        new Handle(
            Opcodes.H_INVOKESTATIC,
            bootClass,
            "link",
            "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
                + "Ljava/lang/invoke/MethodType;[Ljava/lang/Object;)Ljava/lang/invoke/CallSite;",
            false);
  }

  /**
   * Writes the hooks of one class.
   *
   * @return the woven class file, or null if none of the hooks' methods is there
   */
  byte[] write(byte[] classFile, ClassFiles classFiles, List<Hook> hooks) {
    ClassReader reader = new ClassReader(classFile);
    Map<String, MethodShape> shapes = MethodShape.read(reader, hooks);
    if (shapes.isEmpty()) {
      return null;
    }
    // With the reader given, methods that are not advised are copied without being taken apart.
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(
        new Advised(writer, reader.getClassName(), isOld(classFile), shapes, hooks, classFiles),
        ClassReader.EXPAND_FRAMES);
    return writer.toByteArray();
  }

  /** The class file's major version. */
  static int version(byte[] classFile) {
    return (classFile[6] & 0xff) << 8 | classFile[7] & 0xff;
  }

  /** True for class files that may not hold an {@code invokedynamic}. */
  private static boolean isOld(byte[] classFile) {
    return version(classFile) < FIRST_INDY_VERSION;
  }

  private final class Advised extends ClassVisitor {
    private final String owner;

    /** Whether advice is reached by a plain call. */
    private final boolean plain;

    private final Map<String, MethodShape> shapes;
    private final List<Hook> hooks;
    private final ClassFiles classFiles;

    Advised(
        ClassWriter writer,
        String owner,
        boolean plain,
        Map<String, MethodShape> shapes,
        List<Hook> hooks,
        ClassFiles classFiles) {
      super(Opcodes.ASM9, writer);
      this.owner = owner;
      this.plain = plain;
      this.shapes = shapes;
      this.hooks = hooks;
      this.classFiles = classFiles;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor written = super.visitMethod(access, name, descriptor, signature, exceptions);
      MethodShape shape = shapes.get(name + descriptor);
      if (shape == null) {
        return written;
      }
      // Later hooks are outside: each takes what the earlier ones wrote for the method's own code.
      // The visitor next to the writer must be the outermost, so it is made last; yet the locals
      // are dealt out from the inside, hence two passes over the hooks.
      AdvisedMethod innermost = null;
      AdvisedMethod outermost = null;
      for (Hook hook : hooks) {
        if (hook.matches(name, descriptor)) {
          AdvisedMethod next =
              new AdvisedMethod(
                  bootstrap, plain, hook, plan(hook), owner, access, name, descriptor, shape);
          shape = next.shape();
          if (innermost == null) {
            innermost = next;
          } else {
            outermost.writeTo(next);
          }
          outermost = next;
        }
      }
      outermost.writeTo(written);
      return innermost;
    }

    private AdvicePlan plan(Hook hook) {
      byte[] advice = classFiles.find(hook.method.adviceClass.replace('.', '/'));
      if (advice == null) {
        throw new IllegalStateException("advice " + hook.method.adviceClass + " is missing");
      }
      return AdvicePlan.read(advice);
    }
  }
}
