package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.instrumentation.test.TestModule;
import java.io.InputStream;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LinkerTest {
  private static final MethodType ERASED = MethodType.methodType(Object.class, Object.class);

  private static final String ERASED_DESCRIPTOR = ERASED.toMethodDescriptorString();

  private final ClassLoader agent = LinkerTest.class.getClassLoader();
  private final ApplicationLoaders loaders = loaders(agent);
  private final Linker linker = new Linker(loaders);

  @Test
  void linksToTheAdviceInItsOwnLoaderWithErasedTypes() throws Throwable {
    CallSite linked = link(TestModule.ADVICE, "answer", ERASED);
    Object answer = linked.getTarget().invoke((Object) "question");
    assertThat(answer).isEqualTo("answer to question");
    assertThat(linked.getTarget().invoke((Object) "loader"))
        .as("the advice's loader")
        .isInstanceOf(InstrumentationLoader.class)
        .isSameAs(loaders.instrumentation("test", agent));
  }

  @Test
  void adviceThatIsMissingLinksToNothing() {
    assertThat(link(TestModule.ADVICE, "noSuchMethod", ERASED)).isNull();
    assertThat(link("dev.meshagent.instrumentation.test.Gone", "answer", ERASED)).isNull();
    assertThat(link(TestModule.ADVICE, "answer", MethodType.methodType(int.class))).isNull();
  }

  @Test
  void aClassThatIsTooOldForACallSiteCallsTheSameAdvice() {
    Class<?> caller = LinkerTest.class;
    String site = PlainCalls.site("test", TestModule.ADVICE, "answer", ERASED_DESCRIPTOR);
    Object[] question = {caller, site, new Object[] {"question"}};
    assertThat(linker.apply(question)).isEqualTo("answer to question");
    assertThat(linker.apply(question)).isEqualTo("answer to question");
    String gone = PlainCalls.site("test", TestModule.ADVICE, "noSuchMethod", "()Z");
    assertThat(linker.apply(new Object[] {caller, gone, new Object[0]})).isEqualTo(false);
  }

  @Test
  void anAdviceThatLinkingItRunsIntoDoesNothingThereAndIsLinkedAfterwards() throws Throwable {
    List<Linker> itself = new ArrayList<>();
    List<CallSite> inner = new ArrayList<>();
    List<Object> answers = new ArrayList<>();
    ClassLoader reading =
        new ClassLoader(agent) {
          @Override
          public InputStream getResourceAsStream(String name) {
            CallSite site = link(itself.get(0), TestModule.ADVICE, "answer", ERASED);
            inner.add(site);
            try {
              answers.add(site.dynamicInvoker().invoke((Object) "question"));
            } catch (Throwable e) {
              answers.add(e);
            }
            return super.getResourceAsStream(name);
          }
        };
    itself.add(new Linker(loaders(reading)));
    CallSite outer = link(itself.get(0), TestModule.ADVICE, "answer", ERASED);
    assertThat(answers).containsExactly((Object) null);
    for (CallSite site : Arrays.asList(outer, inner.get(0), inner.get(0))) {
      Object answer = site.dynamicInvoker().invoke((Object) "question");
      assertThat(answer).isEqualTo("answer to question");
    }
  }

  @Test
  void theLoadersOfTheJdkCountAsOneAndKeepTheirAdvice() {
    assertThat(loaders.instrumentation("test", null))
        .isSameAs(loaders.instrumentation("test", agent.getParent()));
  }

  @Test
  void anApplicationThatIsUndeployedIsNotKeptAlive() throws Exception {
    URLClassLoader application = new URLClassLoader(new URL[0], agent);
    ClassLoader instrumentation = loaders.instrumentation("test", application);
    Class.forName(TestModule.ADVICE, true, instrumentation);
    loaders.verdict(application, "test", new LibraryCheck.Verdict(null, Collections.emptySet()));
    WeakReference<ClassLoader> deployed = new WeakReference<>(application);
    application.close();
    application = null;
    instrumentation = null;
    for (int i = 0; i < 50 && deployed.get() != null; i++) {
      System.gc();
    }
    assertThat(deployed.get()).isNull();
  }

  private static ApplicationLoaders loaders(ClassLoader agent) {
    return new ApplicationLoaders(
        agent,
        new InternalPackages(null),
        new Instrumentations(Collections.singleton(new TestModule())));
  }

  private CallSite link(String adviceClass, String method, MethodType type) {
    return link(linker, adviceClass, method, type);
  }

  private static CallSite link(Linker linker, String adviceClass, String method, MethodType type) {
    return (CallSite)
        linker.apply(
            new Object[] {
              MethodHandles.lookup(), method, type, new Object[] {"test", adviceClass}
            });
  }
}
