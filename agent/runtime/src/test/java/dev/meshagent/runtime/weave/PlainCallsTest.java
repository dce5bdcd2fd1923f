package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.spi.MethodTarget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Advice in class files of Java 5 and 6, which may not hold an invokedynamic. */
final class PlainCallsTest {
  @BeforeEach
  void forget() {
    TestAdvice.SEEN.clear();
    TestDispatch.SUPPRESSED.clear();
  }

  @ParameterizedTest
  @ValueSource(ints = {49, 50})
  void adviceSeesArgumentsResultAndException(int version) throws Exception {
    Object target = woven(version, TestAdvice.Observe.class, "greet", "add", "nothing");
    assertThat(call(target, "greet", "you")).isEqualTo("hello you");
    assertThatThrownBy(() -> call(target, "greet", "throw")).hasMessage("asked to");
    assertThat(call(target, "add", 2, 3)).isEqualTo(5);
    assertThat(call(target, "nothing")).isNull();
    assertThat(TestAdvice.SEEN)
        .containsExactly(
            "enter [you]",
            "exit 42 [you] hello you null",
            "enter [throw]",
            "exit 42 [throw] null java.lang.IllegalArgumentException: asked to",
            "enter [2, 3]",
            "exit 42 [2, 3] 5 null",
            "enter []",
            "exit 42 [] null null");
    assertThat(TestDispatch.SUPPRESSED).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {49, 50})
  void adviceSkipsAndReplaces(int version) throws Exception {
    Object skipping = woven(version, TestAdvice.Replace.class, "greet");
    assertThat(call(skipping, "greet", "skip")).isEqualTo("skipped");
    assertThat(call(skipping, "greet", "you")).isEqualTo("hello you");
    Object rewriting = woven(version, TestAdvice.Rewrite.class, "greet");
    assertThat(call(rewriting, "greet", "you")).isEqualTo("hello new you");
    assertThat(call(woven(version, TestAdvice.Increment.class, "add"), "add", 2, 3)).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {49, 50})
  void constructorsAreAdvised(int version) throws Exception {
    woven(version, TestAdvice.Construction.class, "<init>");
    assertThat(TestAdvice.SEEN).hasSize(1);
    assertThat(TestDispatch.SUPPRESSED).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {49, 50})
  void whatAdviceThrowsNeverReachesTheCaller(int version) throws Exception {
    Object target = woven(version, TestAdvice.Broken.class, "greet");
    assertThat(call(target, "greet", "you")).isEqualTo("hello you");
    assertThat(TestDispatch.SUPPRESSED)
        .hasSize(2)
        .hasAtLeastOneElementOfType(IllegalStateException.class);
  }

  private static Object woven(int version, Class<?> advice, String... methods) throws Exception {
    List<Hook> hooks = new ArrayList<>();
    for (String method : methods) {
      hooks.add(new Hook("test", MethodTarget.required(method, "(", advice.getName())));
    }
    Class<?> target = AdviceWriterTest.Target.class;
    byte[] classFile = WovenClasses.weave(target, version, hooks);
    return new WovenClasses()
        .define(target.getName(), classFile)
        .getConstructor(String.class)
        .newInstance("t");
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
