package dev.meshagent.runtime.weave;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What must be known of a method's code before its first instruction is written again. */
final class MethodShape {
  /** The first local variable slot that the method does not use. */
  int maxLocals;

  /** The slots that some instruction assigns: an argument there may not be one any more at exit. */
  final BitSet assigned = new BitSet();

  /** The shapes of the methods that some hook means, by name and descriptor. */
  static Map<String, MethodShape> read(ClassReader reader, List<Hook> hooks) {
    Map<String, MethodShape> shapes = new HashMap<>();
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            if ((access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
              return null;
            }
            for (Hook hook : hooks) {
              if (hook.matches(name, descriptor)) {
                MethodShape shape = new MethodShape();
                shapes.put(name + descriptor, shape);
                return shape.new Code();
              }
            }
            return null;
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return shapes;
  }

  private final class Code extends MethodVisitor {
    Code() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visitVarInsn(int opcode, int slot) {
      if (opcode >= Opcodes.ISTORE && opcode <= Opcodes.ASTORE) {
        assigned.set(slot);
      }
    }

    @Override
    public void visitIincInsn(int slot, int increment) {
      assigned.set(slot);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      MethodShape.this.maxLocals = maxLocals;
    }
  }
}
