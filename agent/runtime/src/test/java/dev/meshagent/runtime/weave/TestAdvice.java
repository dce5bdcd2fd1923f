package dev.meshagent.runtime.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Advice of every kind that the writer knows, noting what it sees. */
public final class TestAdvice {
  static final List<Object> SEEN = new ArrayList<>();

  private TestAdvice() {}

  /** Sees this, an argument, the result or the exception; changes nothing. */
  public static final class Observe {
    private Observe() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    public static long enter(
        @Advice.This(optional = true) Object self, @Advice.AllArguments Object[] all) {
      SEEN.add("enter " + Arrays.toString(all));
      return 42;
    }

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
    public static void exit(
        @Advice.Enter long entered,
        @Advice.AllArguments Object[] all,
        @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object returned,
        @Advice.Thrown Throwable thrown) {
      SEEN.add("exit " + entered + " " + Arrays.toString(all) + " " + returned + " " + thrown);
    }
  }

  /** Skips the body where the argument is "skip", and answers in its place. */
  public static final class Replace {
    private Replace() {}

    @Advice.OnMethodEnter(
        inline = false,
        suppress = Throwable.class,
        skipOn = Advice.OnNonDefaultValue.class)
    public static Object enter(@Advice.Argument(0) String argument) {
      return argument.equals("skip") ? "skipped" : null;
    }

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
    public static Object exit(@Advice.Enter Object entered) {
      return entered;
    }
  }

  /** Replaces the first argument. */
  public static final class Rewrite {
    private Rewrite() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
    public static Object enter(
        @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object argument) {
      return argument.equals("keep") ? null : "new " + argument;
    }
  }

  /** Sees two arguments, the second of which a target need not have. */
  public static final class Optional {
    private Optional() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    public static void enter(
        @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object first,
        @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC, optional = true)
            Object second) {
      SEEN.add(first + " " + second);
    }
  }

  /** Sees an argument that not every target has. */
  public static final class Second {
    private Second() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    public static void enter(
        @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) Object second) {
      SEEN.add(second);
    }
  }

  /** Replaces an int result. */
  public static final class Increment {
    private Increment() {}

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
    public static Object exit(@Advice.Return(typing = Assigner.Typing.DYNAMIC) Object returned) {
      return (Integer) returned + 1;
    }
  }

  /** Answers with what does not fit, and throws. */
  public static final class Broken {
    private Broken() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
    public static Object enter() {
      return new StringBuilder("not a String");
    }

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
    public static void exit() {
      throw new IllegalStateException("broken advice");
    }
  }

  /** Everything at once, for methods of any shape; changes nothing. */
  public static final class Everything {
    private Everything() {}

    @Advice.OnMethodEnter(
        inline = false,
        suppress = Throwable.class,
        skipOn = Advice.OnNonDefaultValue.class)
    public static Object enter(
        @Advice.This(optional = true) Object self, @Advice.AllArguments Object[] all) {
      return null;
    }

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
    @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
    public static Object exit(
        @Advice.Enter Object entered,
        @Advice.This(optional = true) Object self,
        @Advice.AllArguments Object[] all,
        @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object returned,
        @Advice.Thrown Throwable thrown) {
      return null;
    }
  }

  /** For constructors: what may be done around them. */
  public static final class Construction {
    private Construction() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    public static Object enter(@Advice.AllArguments Object[] all) {
      return all.length;
    }

    @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
    public static void exit(
        @Advice.This Object self, @Advice.Enter Object entered, @Advice.AllArguments Object[] all) {
      SEEN.add("constructed " + self.getClass().getName() + " of " + entered);
    }
  }
}
