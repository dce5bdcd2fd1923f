package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LibraryCheckTest {
  private static final String LIBRARY = "dev/meshagent/runtime/weave/LibraryCheckTest$Library";

  /** What stands for the library. */
  public static class Library extends Base implements Comparable<Library> {
    int own;

    public String method(String argument) {
      return argument + own;
    }

    @Override
    public int compareTo(Library other) {
      return 0;
    }
  }

  /** Holds what the library inherits. */
  public static class Base {
    protected static long inheritedField;

    public static void inherited() {}
  }

  @Test
  void aLibraryThatHasEverythingFits() {
    LibraryCheck.Verdict verdict =
        check(
            Arrays.asList(MethodTarget.required("method", "(Ljava/lang/String;)", "a.Advice")),
            "advice a.Advice",
            "class " + LIBRARY,
            "method " + LIBRARY + " method (Ljava/lang/String;)Ljava/lang/String;",
            "field " + LIBRARY + " own I",
            "static-field " + LIBRARY + " inheritedField J",
            "static-method " + LIBRARY + " inherited ()V",
            "method " + LIBRARY + " compareTo (Ljava/lang/Object;)I");
    assertThat(verdict.misfit).isNull();
    assertThat(verdict.droppedAdvice).isEmpty();
  }

  @Test
  void aMissingMemberIsNamed() {
    List<MethodTarget> targets = Arrays.asList(MethodTarget.required("method", "(", "a.Advice"));
    assertThat(check(targets, "advice a.Advice", "class a/Gone").misfit).isEqualTo("class a.Gone");
    assertThat(check(targets, "advice a.Advice", "method " + LIBRARY + " gone ()V").misfit)
        .contains("LibraryCheckTest$Library gone ()V");
    assertThat(check(targets, "advice a.Advice", "method " + LIBRARY + " inherited ()V").misfit)
        .as("was an instance method when the advice was compiled")
        .isNotNull();
  }

  @Test
  void aMissingTargetMethodIsAMisfitUnlessItIsOptional() {
    List<MethodTarget> required = Arrays.asList(MethodTarget.required("gone", "()", "a.Advice"));
    assertThat(check(required, "advice a.Advice").misfit).endsWith("Library.gone()");
    List<MethodTarget> optional =
        Arrays.asList(
            MethodTarget.optional("gone", "()", "a.Advice"),
            MethodTarget.optional("method", "(", "a.Advice"));
    LibraryCheck.Verdict verdict = check(optional, "advice a.Advice");
    assertThat(verdict.misfit).isNull();
    assertThat(verdict.droppedAdvice).isEmpty();
  }

  @Test
  void anAdviceOfWhichTheBuildSaysNothingIsNotTrusted() {
    List<MethodTarget> targets = Arrays.asList(MethodTarget.required("method", "(", "a.Advice"));
    assertThat(check(targets, "advice a.Other").misfit).contains("a.Advice");
  }

  @Test
  void theAdviceOfAnOptionalTargetIsDroppedWhereWhatItRefersToIsMissing() {
    List<MethodTarget> targets =
        Arrays.asList(
            MethodTarget.optional("method", "(", "a.New"),
            MethodTarget.required("compareTo", "(", "a.Old"));
    LibraryCheck.Verdict verdict = check(targets, "advice a.New", "class a/Gone", "advice a.Old");
    assertThat(verdict.misfit).isNull();
    assertThat(verdict.droppedAdvice).containsExactly("a.New");
  }

  private static LibraryCheck.Verdict check(List<MethodTarget> methods, String... references) {
    ClassLoader loader = LibraryCheckTest.class.getClassLoader();
    ClassLoader agent =
        new ClassLoader(loader) {
          @Override
          public InputStream getResourceAsStream(String name) {
            return name.startsWith("META-INF/mesh/references/")
                ? new ByteArrayInputStream(
                    String.join("\n", references).getBytes(StandardCharsets.UTF_8))
                : super.getResourceAsStream(name);
          }
        };
    InstrumentationModule module =
        new InstrumentationModule() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public List<TypeTarget> types() {
            return Arrays.asList(
                new TypeTarget(LIBRARY.replace('/', '.'), methods.toArray(new MethodTarget[0])));
          }

          @Override
          public List<String> internalPackages() {
            return Collections.emptyList();
          }
        };
    return new LibraryCheck(
            agent, new LibraryTypes(new ClassFiles(loader, loader, "", new byte[0])))
        .check(module);
  }
}
