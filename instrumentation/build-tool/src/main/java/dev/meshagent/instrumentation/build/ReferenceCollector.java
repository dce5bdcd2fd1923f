package dev.meshagent.instrumentation.build;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Collects what an advice class refers to in the library, together with the classes of its own
 * module that it uses. The agent's own packages, the platform's API and annotations are left out.
 *
 * <p>Each reference is a line: {@code class <owner>}, or {@code [static-]field|method <owner>
 * <name> <descriptor>}.
 */
final class ReferenceCollector {
  private static final String OWN_PACKAGES = "dev/meshagent/";

  private final ModuleClasses module;
  private final PlatformApi platform;
  private final Set<String> references = new TreeSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> pending = new ArrayDeque<>();

  ReferenceCollector(ModuleClasses module, PlatformApi platform) {
    this.module = module;
    this.platform = platform;
  }

  Set<String> collect(String adviceInternalName) {
    pending.add(adviceInternalName);
    seen.add(adviceInternalName);
    while (!pending.isEmpty()) {
      module.read(pending.remove()).accept(new Classes(), ClassReader.SKIP_FRAMES);
    }
    return references;
  }

  private void type(Type type) {
    switch (type.getSort()) {
      case Type.ARRAY -> type(type.getElementType());
      case Type.OBJECT -> owner(type.getInternalName());
      case Type.METHOD -> {
        type(type.getReturnType());
        for (Type argument : type.getArgumentTypes()) {
          type(argument);
        }
      }
      default -> {
        // Primitive.
      }
    }
  }

  /** Notes a class; true if it is the library's. */
  private boolean owner(String internalName) {
    if (internalName.startsWith("[")) {
      type(Type.getType(internalName));
      return false;
    }
    if (module.contains(internalName)) {
      if (seen.add(internalName)) {
        pending.add(internalName);
      }
      return false;
    }
    if (internalName.startsWith(OWN_PACKAGES) || platform.contains(internalName)) {
      return false;
    }
    references.add("class " + internalName);
    return true;
  }

  private void member(boolean isStatic, String kind, String owner, String name, String descriptor) {
    type(Type.getType(descriptor));
    if (owner(owner)) {
      references.add(
          (isStatic ? "static-" : "") + kind + ' ' + owner + ' ' + name + ' ' + descriptor);
    }
  }

  private void handle(Handle handle) {
    int tag = handle.getTag();
    boolean field = tag <= Opcodes.H_PUTSTATIC;
    boolean isStatic =
        tag == Opcodes.H_GETSTATIC || tag == Opcodes.H_PUTSTATIC || tag == Opcodes.H_INVOKESTATIC;
    member(
        isStatic,
        field ? "field" : "method",
        handle.getOwner(),
        handle.getName(),
        handle.getDesc());
  }

  private void constant(Object value) {
    if (value instanceof Type type) {
      type(type);
    } else if (value instanceof Handle handle) {
      handle(handle);
    } else if (value instanceof ConstantDynamic dynamic) {
      handle(dynamic.getBootstrapMethod());
      for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
        constant(dynamic.getBootstrapMethodArgument(i));
      }
    }
  }

  private final class Classes extends ClassVisitor {
    Classes() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        String signature,
        String parent,
        String[] interfaces) {
      owner(parent);
      for (String implemented : interfaces) {
        owner(implemented);
      }
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String descriptor, String signature, Object value) {
      type(Type.getType(descriptor));
      return null;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      type(Type.getType(descriptor));
      return new Code();
    }
  }

  private final class Code extends MethodVisitor {
    Code() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      owner(type);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      boolean isStatic = opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC;
      member(isStatic, "field", owner, name, descriptor);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      member(opcode == Opcodes.INVOKESTATIC, "method", owner, name, descriptor);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      type(Type.getType(descriptor));
      handle(bootstrap);
      for (Object argument : arguments) {
        constant(argument);
      }
    }

    @Override
    public void visitLdcInsn(Object value) {
      constant(value);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      type(Type.getType(descriptor));
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
      if (type != null) {
        owner(type);
      }
    }
  }
}
