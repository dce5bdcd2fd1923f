package dev.meshagent.instrumentation.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import net.bytebuddy.asm.Advice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DescribeInstrumentationTest {
  private static final String MODULE =
      """
      package dev.meshagent.instrumentation.sample;
      import dev.meshagent.spi.*;
      import java.util.*;
      public final class SampleModule implements InstrumentationModule {
        public String name() { return "sample"; }
        public List<TypeTarget> types() {
          return List.of(new TypeTarget("lib.Client",
              MethodTarget.required("send", "()", "dev.meshagent.instrumentation.sample.SampleAdvice")));
        }
        public List<String> internalPackages() { return List.of(); }
      }
      """;
  private static final String LIBRARY =
      """
      package lib;
      public class Client {
        public int port;
        public static String NAME = "";
        public Client send() { return this; }
        public static void close(Object o) {}
      }
      """;
  private static final String HELPER =
      """
      package dev.meshagent.instrumentation.sample;
      final class Helper {
        static void help(lib.Client c) { c.send(); java.util.function.Consumer<Object> f = lib.Client::close; f.accept(lib.Client.NAME + c.port); }
      }
      """;

  @TempDir Path directory;

  @Test
  void listsTargetsAndWhatAdviceAndItsHelpersReferTo() throws Exception {
    Path classes =
        compile(
            """
            @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
            public static void enter(@Advice.This lib.Client client) { Helper.help(client); }
            """);
    DescribeInstrumentation.describe(classes);
    assertThat(classes.resolve("META-INF/mesh/targets/sample.txt")).hasContent("lib/Client\n");
    assertThat(Files.readAllLines(classes.resolve("META-INF/mesh/references/sample.txt")))
        .containsExactly(
            "advice dev.meshagent.instrumentation.sample.SampleAdvice",
            "class lib/Client",
            "field lib/Client port I",
            "method lib/Client send ()Llib/Client;",
            "static-field lib/Client NAME Ljava/lang/String;",
            "static-method lib/Client close (Ljava/lang/Object;)V");
  }

  @Test
  void adviceThatCannotBeDispatchedFailsTheBuild() throws Exception {
    refuses(
        "@Advice.OnMethodEnter(suppress = Throwable.class) public static void enter() {}",
        "inline = false");
    refuses(
        "@Advice.OnMethodEnter(inline = false) public static void enter() {}",
        "suppress = Throwable.class");
    refuses(
        "@Advice.OnMethodEnter(inline = false, suppress = Throwable.class) static void enter() {}",
        "public and static");
    refuses(
        "@Advice.OnMethodExit(inline = false, suppress = Throwable.class)"
            + " @Advice.AssignReturned.ToReturned public static int exit() { return 1; }",
        "must answer with an object");
    refuses(
        "@Advice.OnMethodExit(inline = false, suppress = Throwable.class)"
            + " public static void exit(@Advice.Local(\"x\") Object x) {}",
        "bound to Local");
    refuses(
        "@Advice.OnMethodEnter(inline = false, suppress = Throwable.class, prependLineNumber ="
            + " false) public static void enter() {}",
        "sets prependLineNumber");
    refuses("public static void enter() {}", "has no @Advice.OnMethodEnter");
  }

  private void refuses(String advice, String why) throws Exception {
    Path classes = compile(advice);
    assertThatThrownBy(() -> DescribeInstrumentation.describe(classes))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(why);
  }

  private Path compile(String advice) throws Exception {
    Path work = Files.createTempDirectory(directory, "sample");
    Path classes = Files.createDirectories(work.resolve("classes"));
    Path library = Files.createDirectories(work.resolve("library"));
    Path services = classes.resolve("META-INF/services/dev.meshagent.spi.InstrumentationModule");
    Files.createDirectories(services.getParent());
    Files.writeString(services, "dev.meshagent.instrumentation.sample.SampleModule\n");
    javac(work, library, Map.of("Client", LIBRARY), "");
    javac(
        work,
        classes,
        Map.of(
            "SampleModule",
            MODULE,
            "Helper",
            HELPER,
            "SampleAdvice",
            "package dev.meshagent.instrumentation.sample; import net.bytebuddy.asm.Advice; public"
                + " final class SampleAdvice { "
                + advice
                + " }"),
        library.toString());
    return classes;
  }

  private static void javac(Path work, Path out, Map<String, String> sources, String library)
      throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> arguments = new ArrayList<>();
    arguments.add("-proc:none");
    arguments.add("-d");
    arguments.add(out.toString());
    arguments.add("-cp");
    arguments.add(System.getProperty("java.class.path") + java.io.File.pathSeparator + library);
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey() + ".java");
      Files.writeString(file, source.getValue());
      arguments.add(file.toString());
    }
    assertThat(
            compiler.run(
                InputStream.nullInputStream(), null, null, arguments.toArray(String[]::new)))
        .as("compiles against %s", Advice.class)
        .isZero();
  }
}
