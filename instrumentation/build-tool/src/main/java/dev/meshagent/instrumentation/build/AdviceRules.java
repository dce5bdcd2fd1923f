package dev.meshagent.instrumentation.build;

import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What dispatched advice must keep to: it is a public class with public static methods, which are
 * not inlined (the target could not see what they refer to) and whose exceptions are suppressed
 * (the application must not see them).
 */
final class AdviceRules {
  private static final String ENTER = "Lnet/bytebuddy/asm/Advice$OnMethodEnter;";
  private static final String EXIT = "Lnet/bytebuddy/asm/Advice$OnMethodExit;";

  private AdviceRules() {}

  /**
   * @throws IllegalStateException naming the rule that the class breaks
   */
  static void check(String advice, ClassReader classFile) {
    if ((classFile.getAccess() & Opcodes.ACC_PUBLIC) == 0) {
      throw new IllegalStateException(advice + " must be public");
    }
    int[] methods = {0};
    classFile.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                if (!annotation.equals(ENTER) && !annotation.equals(EXIT)) {
                  return null;
                }
                methods[0]++;
                return new Values(advice + "." + name, access);
              }
            };
          }
        },
        ClassReader.SKIP_CODE);
    if (methods[0] == 0) {
      throw new IllegalStateException(advice + " has no @Advice.OnMethodEnter or OnMethodExit");
    }
  }

  private static final class Values extends AnnotationVisitor {
    private final String method;
    private final int access;
    private final Map<String, Object> values = new HashMap<>();

    Values(String method, int access) {
      super(Opcodes.ASM9);
      this.method = method;
      this.access = access;
    }

    @Override
    public void visit(String name, Object value) {
      values.put(name, value);
    }

    @Override
    public void visitEnd() {
      int required = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;
      if ((access & required) != required) {
        throw new IllegalStateException(method + " must be public and static");
      }
      if (!Boolean.FALSE.equals(values.get("inline"))) {
        throw new IllegalStateException(method + " must be annotated with inline = false");
      }
      if (!Type.getType(Throwable.class).equals(values.get("suppress"))) {
        throw new IllegalStateException(
            method + " must be annotated with suppress = Throwable.class");
      }
    }
  }
}
