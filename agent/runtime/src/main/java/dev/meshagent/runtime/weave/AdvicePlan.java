package dev.meshagent.runtime.weave;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What an advice class asks for, read from its Byte Buddy annotations: what is called at enter and
 * at exit, with which arguments, and what is done with the answers. Of Byte Buddy's annotations
 * those are understood that the build lets pass; their meaning is Byte Buddy's. Immutable once
 * read.
 */
final class AdvicePlan {
  private static final String ADVICE = "Lnet/bytebuddy/asm/Advice$";

  /** Where an argument of an advice method comes from. */
  enum Source {
    THIS,
    ARGUMENT,
    ALL_ARGUMENTS,
    RETURNED,
    THROWN,
    ENTERED
  }

  /** When the enter advice's answer makes the method's body be skipped. */
  enum Skip {
    NEVER,
    ON_NON_DEFAULT,
    ON_DEFAULT
  }

  /** One parameter of an advice method. */
  static final class Parameter {
    Source source;

    /** Which argument of the target, from 0, where the source is one. */
    int index;

    /** Null for a target that has no such argument. */
    boolean optional;
  }

  /** One advice method. */
  static final class Call {
    final String name;
    final Type returned;
    final Type[] types;
    final Parameter[] parameters;

    /** The answer, if not null, becomes the method's result. */
    boolean toReturned;

    /** Arguments that the answer, if not null, replaces. */
    final List<Integer> toArguments = new ArrayList<>();

    Skip skip = Skip.NEVER;

    /** At exit: called for exceptions as well. */
    boolean onThrowable;

    Call(String name, Type type) {
      this.name = name;
      this.returned = type.getReturnType();
      this.types = type.getArgumentTypes();
      this.parameters = new Parameter[types.length];
      for (int i = 0; i < types.length; i++) {
        parameters[i] = new Parameter();
      }
    }

    /** As written into the target, which may see none of the types: references are Objects. */
    String erasedDescriptor() {
      StringBuilder descriptor = new StringBuilder("(");
      for (Type type : types) {
        descriptor.append(erased(type).getDescriptor());
      }
      return descriptor.append(')').append(erased(returned).getDescriptor()).toString();
    }
  }

  static final Type OBJECT = Type.getObjectType("java/lang/Object");

  /** Null if there is none. */
  Call enter;

  /** Null if there is none. */
  Call exit;

  /**
   * Reads an advice class.
   *
   * @throws IllegalArgumentException if it has no advice, or an argument is bound to nothing
   */
  static AdvicePlan read(byte[] classFile) {
    AdvicePlan plan = new AdvicePlan();
    ClassReader reader = new ClassReader(classFile);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new Annotations(plan, new Call(name, Type.getMethodType(descriptor)));
          }
        },
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
    if (plan.enter == null && plan.exit == null) {
      throw new IllegalArgumentException(reader.getClassName() + " has no advice");
    }
    return plan;
  }

  static Type erased(Type type) {
    return type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY ? OBJECT : type;
  }

  private static final class Annotations extends MethodVisitor {
    private final AdvicePlan plan;
    private final Call call;

    Annotations(AdvicePlan plan, Call call) {
      super(Opcodes.ASM9);
      this.plan = plan;
      this.call = call;
    }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
      if (descriptor.equals(ADVICE + "OnMethodEnter;")) {
        plan.enter = call;
      } else if (descriptor.equals(ADVICE + "OnMethodExit;")) {
        plan.exit = call;
      } else if (descriptor.equals(ADVICE + "AssignReturned$ToReturned;")) {
        call.toReturned = true;
      }
      return new Values(call);
    }

    @Override
    public AnnotationVisitor visitParameterAnnotation(
        int parameter, String descriptor, boolean visible) {
      if (!descriptor.startsWith(ADVICE)) {
        return null;
      }
      Parameter bound = call.parameters[parameter];
      bound.source = source(descriptor.substring(ADVICE.length(), descriptor.length() - 1));
      return new AnnotationVisitor(Opcodes.ASM9) {
        @Override
        public void visit(String name, Object value) {
          if (name.equals("value") && value instanceof Integer) {
            bound.index = (Integer) value;
          } else if (name.equals("optional")) {
            bound.optional = (Boolean) value;
          }
        }
      };
    }

    private static Source source(String annotation) {
      switch (annotation) {
        case "This":
          return Source.THIS;
        case "Argument":
          return Source.ARGUMENT;
        case "AllArguments":
          return Source.ALL_ARGUMENTS;
        case "Return":
          return Source.RETURNED;
        case "Thrown":
          return Source.THROWN;
        case "Enter":
          return Source.ENTERED;
        default:
          return null;
      }
    }

    @Override
    public void visitEnd() {
      if (plan.enter != call && plan.exit != call) {
        return;
      }
      for (int i = 0; i < call.parameters.length; i++) {
        if (call.parameters[i].source == null) {
          throw new IllegalArgumentException(
              "argument " + i + " of advice " + call.name + " is bound to nothing known");
        }
      }
    }
  }

  /** The values of an annotation of the method, nested ones included. */
  private static final class Values extends AnnotationVisitor {
    private final Call call;

    Values(Call call) {
      super(Opcodes.ASM9);
      this.call = call;
    }

    @Override
    public void visit(String name, Object value) {
      if (name == null || !(value instanceof Type)) {
        return;
      }
      String type = ((Type) value).getInternalName();
      if (name.equals("onThrowable")) {
        call.onThrowable = type.equals("java/lang/Throwable");
      } else if (name.equals("skipOn") && type.endsWith("Advice$OnNonDefaultValue")) {
        call.skip = Skip.ON_NON_DEFAULT;
      } else if (name.equals("skipOn") && type.endsWith("Advice$OnDefaultValue")) {
        call.skip = Skip.ON_DEFAULT;
      }
    }

    @Override
    public AnnotationVisitor visitArray(String name) {
      return this;
    }

    @Override
    public AnnotationVisitor visitAnnotation(String name, String descriptor) {
      return new AnnotationVisitor(Opcodes.ASM9) {
        @Override
        public void visit(String name, Object value) {
          if (name.equals("value")) {
            call.toArguments.add((Integer) value);
          }
        }
      };
    }
  }
}
