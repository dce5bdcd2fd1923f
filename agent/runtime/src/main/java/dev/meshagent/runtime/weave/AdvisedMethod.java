package dev.meshagent.runtime.weave;

import dev.meshagent.runtime.weave.AdvicePlan.Call;
import dev.meshagent.runtime.weave.AdvicePlan.Skip;
import java.util.Arrays;
import java.util.BitSet;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Writes one method again with the calls of one advice around its code (in class files too old for
 * indy, a static method is called instead):
 *
 * <pre>
 *            entered = returned = thrown = copies of reassigned arguments = …
 *            try { entered = indy enter(…); arguments = … } catch (t) { suppressed(t) }
 *            if (skip on entered) goto exit
 *            try { the method's code; at each return: returned = …, goto exit }
 *            catch (t) { thrown = t }                               if wanted on exceptions
 *   exit:    try { returned = indy exit(…) } catch (t) { suppressed(t) }
 *            if (thrown != null) throw thrown
 *            return returned
 * </pre>
 *
 * The new local variables lie above those of the method and are assigned before anything else, so
 * every stack map frame of the method stays true with them appended. Slots of arguments that the
 * method assigns are taken for unknown after its code, and copied before it where exit needs them.
 */
final class AdvisedMethod extends MethodVisitor {
  private static final String THROWABLE = "java/lang/Throwable";

  private final Handle bootstrap;
  private final boolean plain;
  private final Hook hook;
  private final Call enter;
  private final Call exit;
  private final String owner;
  private final boolean isStatic;
  private final boolean isConstructor;
  private final Type returned;
  private final Type[] arguments;
  private final int[] argumentSlots;

  /** Where exit finds an argument: its slot, or its copy's if the method assigns it. */
  private final int[] exitSlots;

  private final MethodShape inner;
  private final MethodShape outer = new MethodShape();
  private final int enteredSlot;
  private final int returnedSlot;
  private final int thrownSlot;
  private final int answerSlot;

  private final Label bodyStart = new Label();
  private final Label bodyEnd = new Label();
  private final Label atExit = new Label();

  private final int firstAdded;

  /** The frame types of what lies above the method's own slots. */
  private Object[] added = {};

  AdvisedMethod(
      Handle bootstrap,
      boolean plain,
      Hook hook,
      AdvicePlan plan,
      String owner,
      int access,
      String name,
      String descriptor,
      MethodShape shape) {
    super(Opcodes.ASM9);
    this.bootstrap = bootstrap;
    this.plain = plain;
    this.hook = hook;
    this.enter = plan.enter;
    this.exit = plan.exit;
    this.owner = owner;
    this.isStatic = (access & Opcodes.ACC_STATIC) != 0;
    this.isConstructor = name.equals("<init>");
    this.returned = Type.getReturnType(descriptor);
    this.arguments = Type.getArgumentTypes(descriptor);
    this.argumentSlots = new int[arguments.length];
    this.exitSlots = new int[arguments.length];
    this.inner = shape;
    this.outer.assigned.or(shape.assigned);
    this.outer.maxLocals = shape.maxLocals;
    if (!isStatic && shape.assigned.get(0)) {
      throw new IllegalStateException(owner + "." + name + " assigns the slot of this");
    }
    int slot = isStatic ? 0 : 1;
    for (int i = 0; i < arguments.length; i++) {
      argumentSlots[i] = slot;
      slot += arguments[i].getSize();
    }
    outer.maxLocals = Math.max(outer.maxLocals, slot);
    firstAdded = outer.maxLocals;
    requireReference(exit, exit != null);
    requireReference(enter, enter != null && !enter.toArguments.isEmpty());
    if (isConstructor && enter != null && enter.skip != Skip.NEVER) {
      throw new IllegalStateException(hook.method.adviceClass + " skips a constructor's code");
    }
    boolean enters = enter != null && enter.returned.getSort() != Type.VOID;
    enteredSlot = enters ? add(AdvicePlan.erased(enter.returned)) : -1;
    boolean answers = exit != null && exit.returned.getSort() != Type.VOID;
    answerSlot = answers ? add(AdvicePlan.OBJECT) : -1;
    returnedSlot = returned.getSort() == Type.VOID || !hasExit() ? -1 : add(returned);
    thrownSlot = catches() ? add(Type.getObjectType(THROWABLE)) : -1;
    for (int i = 0; i < arguments.length; i++) {
      boolean copied = exit != null && isAssigned(i);
      exitSlots[i] = copied ? add(arguments[i]) : argumentSlots[i];
    }
    if (enter != null) {
      for (int index : enter.toArguments) {
        outer.assigned.set(argumentSlots[index]);
      }
    }
  }

  /** An answer that is assigned, or that nobody could tell from the default, must be an object. */
  private void requireReference(Call call, boolean required) {
    if (required && call.returned.getSort() < Type.ARRAY && call.returned.getSort() != Type.VOID) {
      throw new IllegalStateException(
          "advice " + hook.method.adviceClass + "." + call.name + " must answer with an object");
    }
  }

  /** Where the written method goes. */
  void writeTo(MethodVisitor next) {
    mv = next;
  }

  /** The shape of the method as written, for an advice around this one. */
  MethodShape shape() {
    return outer;
  }

  private int add(Type type) {
    int slot = outer.maxLocals;
    outer.maxLocals += type.getSize();
    added = Arrays.copyOf(added, added.length + 1);
    added[added.length - 1] = frameType(type);
    return slot;
  }

  private boolean hasExit() {
    return exit != null || enter != null && enter.skip != Skip.NEVER;
  }

  private boolean catches() {
    return exit != null && exit.onThrowable && !isConstructor;
  }

  private boolean isAssigned(int argument) {
    BitSet assigned = inner.assigned;
    int slot = argumentSlots[argument];
    return assigned.get(slot) || arguments[argument].getSize() == 2 && assigned.get(slot + 1);
  }

  @Override
  public void visitCode() {
    super.visitCode();
    assignAdded();
    if (enter != null) {
      call(enter, false);
      if (enter.skip != Skip.NEVER) {
        load(AdvicePlan.erased(enter.returned), enteredSlot);
        skipIf(AdvicePlan.erased(enter.returned), enter.skip == Skip.ON_NON_DEFAULT);
      }
    }
    super.visitLabel(bodyStart);
  }

  private void assignAdded() {
    if (enteredSlot >= 0) {
      assignDefault(AdvicePlan.erased(enter.returned), enteredSlot);
    }
    if (answerSlot >= 0) {
      assignDefault(AdvicePlan.OBJECT, answerSlot);
    }
    if (returnedSlot >= 0) {
      assignDefault(returned, returnedSlot);
    }
    if (thrownSlot >= 0) {
      assignDefault(AdvicePlan.OBJECT, thrownSlot);
    }
    for (int i = 0; i < arguments.length; i++) {
      if (exitSlots[i] != argumentSlots[i]) {
        load(arguments[i], argumentSlots[i]);
        super.visitVarInsn(arguments[i].getOpcode(Opcodes.ISTORE), exitSlots[i]);
      }
    }
  }

  private void assignDefault(Type type, int slot) {
    switch (type.getSort()) {
      case Type.LONG:
        super.visitInsn(Opcodes.LCONST_0);
        break;
      case Type.FLOAT:
        super.visitInsn(Opcodes.FCONST_0);
        break;
      case Type.DOUBLE:
        super.visitInsn(Opcodes.DCONST_0);
        break;
      case Type.OBJECT:
      case Type.ARRAY:
        super.visitInsn(Opcodes.ACONST_NULL);
        break;
      default:
        super.visitInsn(Opcodes.ICONST_0);
    }
    super.visitVarInsn(type.getOpcode(Opcodes.ISTORE), slot);
  }

  /** Jumps to the exit if the value on the stack is, or is not, its type's default. */
  private void skipIf(Type type, boolean nonDefault) {
    if (type.getSort() == Type.OBJECT) {
      super.visitJumpInsn(nonDefault ? Opcodes.IFNONNULL : Opcodes.IFNULL, atExit);
      return;
    }
    if (type.getSort() == Type.LONG) {
      super.visitInsn(Opcodes.LCONST_0);
      super.visitInsn(Opcodes.LCMP);
    } else if (type.getSort() == Type.FLOAT || type.getSort() == Type.DOUBLE) {
      throw new IllegalStateException(
          "skipOn of a floating point value in " + hook.method.adviceClass);
    }
    super.visitJumpInsn(nonDefault ? Opcodes.IFNE : Opcodes.IFEQ, atExit);
  }

  /** Calls an advice method, assigns its answer, and suppresses what it throws. */
  private void call(Call call, boolean atExit) {
    Label start = new Label();
    Label end = new Label();
    Label handler = new Label();
    Label after = new Label();
    super.visitTryCatchBlock(start, end, handler, THROWABLE);
    super.visitLabel(start);
    if (plain) {
      callPlainly(call, atExit);
    } else {
      for (int i = 0; i < call.parameters.length; i++) {
        loadParameter(call.parameters[i], call.types[i], atExit);
      }
      super.visitInvokeDynamicInsn(
          call.name, call.erasedDescriptor(), bootstrap, hook.module, hook.method.adviceClass);
    }
    boolean answers = call.returned.getSort() != Type.VOID;
    if (answers) {
      Type type = AdvicePlan.erased(call.returned);
      super.visitVarInsn(type.getOpcode(Opcodes.ISTORE), atExit ? answerSlot : enteredSlot);
    }
    if (call.toReturned && atExit && answerSlot >= 0 && returnedSlot >= 0) {
      assign(answerSlot, returned, returnedSlot, atExit);
    }
    if (!atExit) {
      for (int index : call.toArguments) {
        assign(enteredSlot, arguments[index], argumentSlots[index], false);
      }
    }
    super.visitLabel(end);
    super.visitJumpInsn(Opcodes.GOTO, after);
    super.visitLabel(handler);
    frame(atExit, THROWABLE);
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        bootstrap.getOwner(),
        "suppressed",
        "(Ljava/lang/Throwable;)V",
        false);
    super.visitLabel(after);
    frame(atExit, null);
    // Another frame may follow at once; two cannot describe the same instruction.
    super.visitInsn(Opcodes.NOP);
  }

  /** The advice's answer to {@code call(owner.class, site, new Object[] {…})}, on the stack. */
  private void callPlainly(Call call, boolean atExit) {
    super.visitLdcInsn(Type.getObjectType(owner));
    super.visitLdcInsn(
        PlainCalls.site(hook.module, hook.method.adviceClass, call.name, call.erasedDescriptor()));
    super.visitIntInsn(Opcodes.BIPUSH, call.parameters.length);
    super.visitTypeInsn(Opcodes.ANEWARRAY, "java/lang/Object");
    for (int i = 0; i < call.parameters.length; i++) {
      super.visitInsn(Opcodes.DUP);
      super.visitIntInsn(Opcodes.BIPUSH, i);
      loadParameter(call.parameters[i], call.types[i], atExit);
      Boxing.box(mv, AdvicePlan.erased(call.types[i]));
      super.visitInsn(Opcodes.AASTORE);
    }
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        bootstrap.getOwner(),
        "call",
        "(Ljava/lang/Class;Ljava/lang/String;[Ljava/lang/Object;)Ljava/lang/Object;",
        false);
    if (call.returned.getSort() == Type.VOID) {
      super.visitInsn(Opcodes.POP);
    } else if (call.returned.getSort() < Type.ARRAY) {
      Boxing.unbox(mv, call.returned);
    }
  }

  /** {@code if (from != null) to = (type) from}. */
  private void assign(int from, Type type, int to, boolean atExit) {
    Label none = new Label();
    super.visitVarInsn(Opcodes.ALOAD, from);
    super.visitJumpInsn(Opcodes.IFNULL, none);
    super.visitVarInsn(Opcodes.ALOAD, from);
    Boxing.unbox(mv, type);
    super.visitVarInsn(type.getOpcode(Opcodes.ISTORE), to);
    super.visitLabel(none);
    frame(atExit, null);
    super.visitInsn(Opcodes.NOP);
  }

  private void loadParameter(AdvicePlan.Parameter parameter, Type type, boolean atExit) {
    switch (parameter.source) {
      case THIS:
        if (isStatic) {
          super.visitInsn(Opcodes.ACONST_NULL);
        } else if (isConstructor && !atExit) {
          throw new IllegalStateException("there is no this at the enter of a constructor");
        } else {
          super.visitVarInsn(Opcodes.ALOAD, 0);
        }
        break;
      case ARGUMENT:
        if (parameter.index < arguments.length) {
          load(arguments[parameter.index], slot(parameter.index, atExit));
          convert(arguments[parameter.index], type);
        } else if (parameter.optional && type.getSort() >= Type.ARRAY) {
          super.visitInsn(Opcodes.ACONST_NULL);
        } else {
          throw new IllegalStateException(
              "advice " + hook.method.adviceClass + " asks for argument " + parameter.index);
        }
        break;
      case ALL_ARGUMENTS:
        loadAllArguments(atExit);
        break;
      case RETURNED:
        if (returnedSlot < 0) {
          super.visitInsn(Opcodes.ACONST_NULL);
        } else {
          load(returned, returnedSlot);
          convert(returned, type);
        }
        break;
      case THROWN:
        if (thrownSlot < 0) {
          super.visitInsn(Opcodes.ACONST_NULL);
        } else {
          super.visitVarInsn(Opcodes.ALOAD, thrownSlot);
        }
        break;
      default:
        load(AdvicePlan.erased(enter.returned), enteredSlot);
        convert(AdvicePlan.erased(enter.returned), type);
    }
  }

  private void loadAllArguments(boolean atExit) {
    super.visitIntInsn(Opcodes.BIPUSH, arguments.length);
    super.visitTypeInsn(Opcodes.ANEWARRAY, AdvicePlan.OBJECT.getInternalName());
    for (int i = 0; i < arguments.length; i++) {
      super.visitInsn(Opcodes.DUP);
      super.visitIntInsn(Opcodes.BIPUSH, i);
      load(arguments[i], slot(i, atExit));
      convert(arguments[i], AdvicePlan.OBJECT);
      super.visitInsn(Opcodes.AASTORE);
    }
  }

  private int slot(int argument, boolean atExit) {
    return atExit ? exitSlots[argument] : argumentSlots[argument];
  }

  private void load(Type type, int slot) {
    super.visitVarInsn(type.getOpcode(Opcodes.ILOAD), slot);
  }

  private void convert(Type from, Type to) {
    boolean boxes = AdvicePlan.erased(to).getSort() == Type.OBJECT;
    if (boxes) {
      Boxing.box(mv, from);
    } else if (!from.equals(to)) {
      throw new IllegalStateException(
          hook.method.adviceClass + " takes " + to.getClassName() + " for " + from.getClassName());
    }
  }

  @Override
  public void visitInsn(int opcode) {
    if (!hasExit() || opcode < Opcodes.IRETURN || opcode > Opcodes.RETURN) {
      super.visitInsn(opcode);
      return;
    }
    if (returnedSlot >= 0) {
      super.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), returnedSlot);
    }
    super.visitJumpInsn(Opcodes.GOTO, atExit);
  }

  @Override
  public void visitFrame(
      int type, int localCount, Object[] locals, int stackCount, Object[] stack) {
    Object[] all = new Object[firstAdded + added.length];
    int count = 0;
    int slot = 0;
    for (int i = 0; i < localCount; i++) {
      all[count++] = locals[i];
      slot += locals[i] == Opcodes.LONG || locals[i] == Opcodes.DOUBLE ? 2 : 1;
    }
    for (; slot < firstAdded; slot++) {
      all[count++] = Opcodes.TOP;
    }
    for (Object local : added) {
      all[count++] = local;
    }
    super.visitFrame(type, count, all, stackCount, stack);
  }

  /** A frame of our own, before or after the method's code. */
  private void frame(boolean afterCode, String stack) {
    Object[] locals = new Object[arguments.length + 1];
    int count = 0;
    if (!isStatic) {
      locals[count++] = isConstructor && !afterCode ? Opcodes.UNINITIALIZED_THIS : owner;
    }
    for (int i = 0; i < arguments.length; i++) {
      if (!afterCode || !isAssigned(i)) {
        locals[count++] = frameType(arguments[i]);
      } else {
        locals[count++] = Opcodes.TOP;
        if (arguments[i].getSize() == 2) {
          locals = Arrays.copyOf(locals, locals.length + 1);
          locals[count++] = Opcodes.TOP;
        }
      }
    }
    visitFrame(
        Opcodes.F_NEW,
        count,
        locals,
        stack == null ? 0 : 1,
        stack == null ? new Object[0] : new Object[] {stack});
  }

  private static Object frameType(Type type) {
    switch (type.getSort()) {
      case Type.LONG:
        return Opcodes.LONG;
      case Type.FLOAT:
        return Opcodes.FLOAT;
      case Type.DOUBLE:
        return Opcodes.DOUBLE;
      case Type.OBJECT:
      case Type.ARRAY:
        return type.getInternalName();
      default:
        return Opcodes.INTEGER;
    }
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    if (hasExit()) {
      super.visitLabel(bodyEnd);
      if (catches()) {
        // Declared last: the method's own handlers come first.
        Label handler = new Label();
        super.visitTryCatchBlock(bodyStart, bodyEnd, handler, THROWABLE);
        super.visitLabel(handler);
        frame(true, THROWABLE);
        super.visitVarInsn(Opcodes.ASTORE, thrownSlot);
      }
      super.visitLabel(atExit);
      frame(true, null);
      super.visitInsn(Opcodes.NOP);
      leave();
    }
    super.visitMaxs(maxStack, maxLocals);
  }

  private void leave() {
    if (exit != null) {
      call(exit, true);
    }
    if (thrownSlot >= 0) {
      Label returns = new Label();
      super.visitVarInsn(Opcodes.ALOAD, thrownSlot);
      super.visitJumpInsn(Opcodes.IFNULL, returns);
      super.visitVarInsn(Opcodes.ALOAD, thrownSlot);
      super.visitInsn(Opcodes.ATHROW);
      super.visitLabel(returns);
      frame(true, null);
    }
    if (returnedSlot >= 0) {
      load(returned, returnedSlot);
    }
    super.visitInsn(returned.getOpcode(Opcodes.IRETURN));
  }
}
