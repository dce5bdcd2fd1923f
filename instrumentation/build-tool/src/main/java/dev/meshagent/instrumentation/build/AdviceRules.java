package dev.meshagent.instrumentation.build;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What dispatched advice must keep to. It is a public class with public static methods, which are
 * not inlined (the target could not see what they refer to) and whose exceptions are suppressed
 * (the application must not see them). Of Byte Buddy's annotations it uses those that the agent's
 * writer of advice knows: {@code OnMethodEnter} with {@code skipOn} a (non-)default value, {@code
 * OnMethodExit} with {@code onThrowable} Throwable; {@code This}, {@code Argument}, {@code
 * AllArguments}, {@code Return}, {@code Thrown}, {@code Enter}; {@code ToReturned} at exit and
 * {@code ToArguments} at enter, whose answers are objects.
 */
final class AdviceRules {
  private static final String ADVICE = "Lnet/bytebuddy/asm/Advice$";
  private static final String ENTER = ADVICE + "OnMethodEnter;";
  private static final String EXIT = ADVICE + "OnMethodExit;";
  private static final String TO_RETURNED = ADVICE + "AssignReturned$ToReturned;";
  private static final String TO_ARGUMENTS = ADVICE + "AssignReturned$ToArguments;";
  private static final Set<String> PARAMETERS =
      Set.of("This", "Argument", "AllArguments", "Return", "Thrown", "Enter");
  private static final Set<String> SKIPS =
      Set.of(ADVICE + "OnNonDefaultValue;", ADVICE + "OnDefaultValue;", "V");

  private AdviceRules() {}

  /**
   * @throws IllegalStateException naming the rule that the class breaks
   */
  static void check(String advice, ClassReader classFile) {
    require((classFile.getAccess() & Opcodes.ACC_PUBLIC) != 0, advice, "must be public");
    int[] methods = {0};
    classFile.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new Method(advice + "." + name, access, descriptor, methods);
          }
        },
        ClassReader.SKIP_CODE);
    require(methods[0] > 0, advice, "has no @Advice.OnMethodEnter or @Advice.OnMethodExit");
  }

  private static void require(boolean kept, String what, String rule) {
    if (!kept) {
      throw new IllegalStateException(what + " " + rule);
    }
  }

  private static final class Method extends MethodVisitor {
    private final String name;
    private final int access;
    private final String descriptor;
    private final int[] methods;
    private final Map<String, Map<String, Object>> annotations = new HashMap<>();
    private final Map<Integer, String> parameters = new HashMap<>();

    Method(String name, int access, String descriptor, int[] methods) {
      super(Opcodes.ASM9);
      this.name = name;
      this.access = access;
      this.descriptor = descriptor;
      this.methods = methods;
    }

    @Override
    public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
      if (!annotation.startsWith(ADVICE)) {
        return null;
      }
      Map<String, Object> values = new HashMap<>();
      annotations.put(annotation, values);
      return new AnnotationVisitor(Opcodes.ASM9) {
        @Override
        public void visit(String value, Object set) {
          values.put(value, set);
        }
      };
    }

    @Override
    public AnnotationVisitor visitParameterAnnotation(
        int parameter, String annotation, boolean visible) {
      if (annotation.startsWith(ADVICE)) {
        parameters.put(parameter, annotation.substring(ADVICE.length(), annotation.length() - 1));
      }
      return null;
    }

    @Override
    public void visitEnd() {
      boolean enter = annotations.containsKey(ENTER);
      boolean exit = annotations.containsKey(EXIT);
      if (!enter && !exit) {
        return;
      }
      methods[0]++;
      require(!(enter && exit), name, "is either enter or exit advice");
      int required = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;
      require((access & required) == required, name, "must be public and static");
      for (String annotation : annotations.keySet()) {
        boolean known =
            Set.of(ENTER, EXIT).contains(annotation)
                || exit && annotation.equals(TO_RETURNED)
                || enter && annotation.equals(TO_ARGUMENTS);
        require(known, name, "has " + annotation + ", which is not woven there");
      }
      checkValues(annotations.get(enter ? ENTER : EXIT));
      checkAnswer(exit);
      int count = Type.getArgumentCount(descriptor);
      for (int i = 0; i < count; i++) {
        String source = parameters.get(i);
        require(
            source != null && PARAMETERS.contains(source),
            name,
            "has an argument " + i + " bound to " + source + "; known are " + PARAMETERS);
      }
    }

    private void checkValues(Map<String, Object> values) {
      Type throwable = Type.getType(Throwable.class);
      require(Boolean.FALSE.equals(values.get("inline")), name, "must be annotated inline = false");
      require(
          throwable.equals(values.get("suppress")),
          name,
          "must be annotated suppress = Throwable.class");
      Object onThrowable = values.get("onThrowable");
      require(
          onThrowable == null || onThrowable.equals(throwable),
          name,
          "may be called for every Throwable, or for none");
      Object skipOn = values.get("skipOn");
      require(
          skipOn == null || SKIPS.contains(skipOn.toString()),
          name,
          "may skip on a default or a non-default value only");
      for (String value : values.keySet()) {
        require(
            Set.of("inline", "suppress", "onThrowable", "skipOn").contains(value),
            name,
            "sets " + value + ", which is not woven");
      }
    }

    private void checkAnswer(boolean exit) {
      int answer = Type.getReturnType(descriptor).getSort();
      boolean assigns =
          annotations.containsKey(TO_RETURNED) || annotations.containsKey(TO_ARGUMENTS);
      require(
          answer == Type.OBJECT || answer == Type.VOID && !assigns || !exit && !assigns,
          name,
          "must answer with an object");
    }
  }
}
