package dev.meshagent.runtime.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes the conversions between the value on the stack and an Object. */
final class Boxing {
  private static final String[][] WRAPPERS = {
    // By the sort of the primitive type, from Type.BOOLEAN (1) on.
    {},
    {"java/lang/Boolean", "booleanValue"},
    {"java/lang/Character", "charValue"},
    {"java/lang/Byte", "byteValue"},
    {"java/lang/Short", "shortValue"},
    {"java/lang/Integer", "intValue"},
    {"java/lang/Float", "floatValue"},
    {"java/lang/Long", "longValue"},
    {"java/lang/Double", "doubleValue"},
  };

  private Boxing() {}

  /** Turns a value of the type into an Object. */
  static void box(MethodVisitor code, Type type) {
    if (type.getSort() < Type.ARRAY) {
      String wrapper = WRAPPERS[type.getSort()][0];
      code.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          wrapper,
          "valueOf",
          "(" + type.getDescriptor() + ")L" + wrapper + ";",
          false);
    }
  }

  /** Turns an Object into a value of the type. */
  static void unbox(MethodVisitor code, Type type) {
    if (type.getSort() >= Type.ARRAY) {
      code.visitTypeInsn(Opcodes.CHECKCAST, type.getInternalName());
      return;
    }
    String[] wrapper = WRAPPERS[type.getSort()];
    code.visitTypeInsn(Opcodes.CHECKCAST, wrapper[0]);
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL, wrapper[0], wrapper[1], "()" + type.getDescriptor(), false);
  }
}
