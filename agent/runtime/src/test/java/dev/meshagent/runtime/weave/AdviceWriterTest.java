package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.spi.MethodTarget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdviceWriterTest {
  /** What advice is woven into; shapes that javac makes differently. */
  public static class Target {
    final String name;

    public Target(String name) {
      this.name = name.isEmpty() ? "nobody" : name;
    }

    public String greet(String whom) {
      if (whom.equals("throw")) {
        throw new IllegalArgumentException("asked to");
      }
      for (int i = 0; i < 2; i++) {
        if (whom.length() == i) {
          return "short";
        }
      }
      return "hello " + whom;
    }

    public String reassign(String text, long number, double fraction) {
      while (text.length() < 3) {
        text = text + number;
        number++;
      }
      try {
        return text + Integer.parseInt(text);
      } catch (NumberFormatException e) {
        return text + fraction;
      }
    }

    public int count(int from) {
      from++;
      return from;
    }

    public static int add(int a, int b) {
      return a + b;
    }

    public void nothing() {}
  }

  @BeforeEach
  void forget() {
    TestAdvice.SEEN.clear();
    TestDispatch.SUPPRESSED.clear();
  }

  @Test
  void adviceSeesArgumentsResultAndExceptionAndChangesNothing() throws Exception {
    Object target = woven(TestAdvice.Observe.class, "greet");
    assertThat(call(target, "greet", "you")).isEqualTo("hello you");
    assertThat(call(target, "greet", "x")).isEqualTo("short");
    assertThatThrownBy(() -> call(target, "greet", "throw")).hasMessage("asked to");
    assertThat(TestAdvice.SEEN)
        .containsExactly(
            "enter [you]",
            "exit 42 [you] hello you null",
            "enter [x]",
            "exit 42 [x] short null",
            "enter [throw]",
            "exit 42 [throw] null java.lang.IllegalArgumentException: asked to");
    assertThat(TestDispatch.SUPPRESSED).isEmpty();
  }

  @Test
  void exitSeesACounterAsTheCallerGaveIt() throws Exception {
    Object target = woven(TestAdvice.Observe.class, "count");
    assertThat(call(target, "count", 7)).isEqualTo(8);
    assertThat(TestAdvice.SEEN).containsExactly("enter [7]", "exit 42 [7] 8 null");
  }

  @Test
  void exitSeesTheArgumentsAsTheCallerGaveThem() throws Exception {
    Object target = woven(TestAdvice.Observe.class, "reassign");
    assertThat(call(target, "reassign", "a", 7L, 0.5)).isEqualTo("a780.5");
    assertThat(TestAdvice.SEEN)
        .containsExactly("enter [a, 7, 0.5]", "exit 42 [a, 7, 0.5] a780.5 null");
  }

  @Test
  void staticAndVoidMethodsAreAdvisedToo() throws Exception {
    Object target = woven(TestAdvice.Observe.class, "add", "nothing");
    assertThat(call(target, "add", 2, 3)).isEqualTo(5);
    assertThat(call(target, "nothing")).isNull();
    assertThat(TestAdvice.SEEN)
        .containsExactly(
            "enter [2, 3]", "exit 42 [2, 3] 5 null", "enter []", "exit 42 [] null null");
  }

  @Test
  void enterMaySkipTheBodyAndExitAnswersForIt() throws Exception {
    Object target = woven(TestAdvice.Replace.class, "greet");
    assertThat(call(target, "greet", "skip")).isEqualTo("skipped");
    assertThat(call(target, "greet", "you")).isEqualTo("hello you");
  }

  @Test
  void argumentsAreReplacedUnlessTheAnswerIsNull() throws Exception {
    Object target = woven(TestAdvice.Rewrite.class, "greet");
    assertThat(call(target, "greet", "you")).isEqualTo("hello new you");
    assertThat(call(target, "greet", "keep")).isEqualTo("hello keep");
  }

  @Test
  void anOptionalArgumentThatTheTargetDoesNotHaveIsNull() throws Exception {
    Object target = woven(TestAdvice.Optional.class, "greet", "reassign");
    call(target, "greet", "you");
    call(target, "reassign", "a", 7L, 0.5);
    assertThat(TestAdvice.SEEN).containsExactly("you null", "a 7");
  }

  @Test
  void aMissingArgumentThatIsNotOptionalIsNotWoven() {
    assertThatThrownBy(() -> woven(TestAdvice.Second.class, "greet"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("asks for argument 1");
  }

  @Test
  void aPrimitiveResultIsReplaced() throws Exception {
    assertThat(call(woven(TestAdvice.Increment.class, "add"), "add", 2, 3)).isEqualTo(6);
  }

  @Test
  void whatAdviceThrowsNeverReachesTheCaller() throws Exception {
    Object target = woven(TestAdvice.Broken.class, "greet");
    assertThat(call(target, "greet", "you")).isEqualTo("hello you");
    assertThat(TestDispatch.SUPPRESSED)
        .hasSize(2)
        .hasAtLeastOneElementOfType(ClassCastException.class)
        .hasAtLeastOneElementOfType(IllegalStateException.class);
  }

  @Test
  void constructorsAreAdvised() throws Exception {
    woven(TestAdvice.Construction.class, "<init>");
    assertThat(TestAdvice.SEEN).containsExactly("constructed " + Target.class.getName() + " of 1");
    assertThat(TestDispatch.SUPPRESSED).isEmpty();
  }

  @Test
  void severalHooksOfOneMethodNest() throws Exception {
    Object target =
        woven(
            hooks(TestAdvice.Rewrite.class, "greet"),
            hooks(TestAdvice.Observe.class, "greet"),
            hooks(TestAdvice.Replace.class, "greet"));
    assertThat(call(target, "greet", "you")).isEqualTo("hello new you");
    assertThat(call(target, "greet", "skip")).isEqualTo("skipped");
    assertThat(TestAdvice.SEEN).containsExactly("enter [you]", "exit 42 [you] hello new you null");
  }

  @Test
  void aClassWithoutAnyOfTheMethodsIsLeftAlone() {
    assertThat(WovenClasses.weave(Target.class, hooks(TestAdvice.Observe.class, "noSuchMethod")))
        .isNull();
  }

  private static Object woven(Class<?> advice, String... methods) throws Exception {
    return woven(hooks(advice, methods));
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Object woven(List<Hook>... hooks) throws Exception {
    List<Hook> all = new ArrayList<>();
    for (List<Hook> some : hooks) {
      all.addAll(some);
    }
    byte[] classFile = WovenClasses.weave(Target.class, all);
    Class<?> type = new WovenClasses().define(Target.class.getName(), classFile);
    return type.getConstructor(String.class).newInstance("t");
  }

  private static List<Hook> hooks(Class<?> advice, String... methods) {
    List<Hook> hooks = new ArrayList<>();
    for (String method : methods) {
      hooks.add(new Hook("test", MethodTarget.required(method, "(", advice.getName())));
    }
    return hooks;
  }

  private static Object call(Object target, String name, Object... arguments) throws Exception {
    for (Method method : target.getClass().getMethods()) {
      if (method.getName().equals(name)) {
        try {
          return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
          throw (Exception) e.getCause();
        }
      }
    }
    throw new NoSuchMethodException(name);
  }
}
