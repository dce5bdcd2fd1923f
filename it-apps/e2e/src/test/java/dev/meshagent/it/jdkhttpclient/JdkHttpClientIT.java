package dev.meshagent.it.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.Jdks;
import dev.meshagent.testbed.LocalMesh;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case of the JDK's client under the packaged agent, against a real controller. */
class JdkHttpClientIT {
  private static final Duration CASES_TAKE_AT_MOST = Duration.ofMinutes(3);

  @TempDir static Path directory;

  private static final List<AutoCloseable> open = new ArrayList<>();
  private static LocalMesh mesh;
  private static Services services;
  private static Certificates certificates;
  private static boolean allHeld = true;

  @BeforeAll
  static void startServices() throws Exception {
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    open.add(mesh);
    ControllerClient controller = mesh.startController();
    services = new Services();
    open.add(services::close);
    certificates = Certificates.create("secure", directory);
    int secure = services.encrypted("one", certificates);
    int counting = services.plain("counting");
    Map<String, List<Integer>> endpoints =
        Map.ofEntries(
            Map.entry("orders", List.of(services.plain("one"), services.plain("two"))),
            Map.entry("sluggish", List.of(services.plain("sluggish"))),
            Map.entry("inside", List.of(services.plain("inside"))),
            Map.entry("flaky", List.of(services.refusing(), services.plain("live"))),
            Map.entry("moody", List.of(services.unavailable(), services.plain("live"))),
            Map.entry("lossy", List.of(services.hangingUp(), counting)),
            Map.entry("mortal", List.of(services.dyingBeforeTheBody(), services.plain("live"))),
            Map.entry("counting", List.of(counting)),
            Map.entry("clear", List.of(services.http2("one"), services.http2("two"))),
            Map.entry("secure", List.of(secure, services.encrypted("two", certificates))),
            Map.entry("stranger", List.of(secure)),
            Map.entry("nobody", List.of(services.refusing())));
    endpoints.forEach(
        (service, ports) ->
            ports.forEach(port -> open.add(new DeclaredEndpoint(controller.uri(), service, port))));
  }

  @AfterAll
  static void stopServices() throws Exception {
    if (allHeld) {
      mesh.discardLogs();
    }
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @TestFactory
  Stream<DynamicNode> theCasesHold() {
    Jdks jdks = Jdks.found();
    return Stream.of(11, 17, 25)
        .flatMap(
            release ->
                jdks.home(release, "the JDK client's cases").stream()
                    .map(
                        home ->
                            DynamicContainer.dynamicContainer(
                                "JDK " + release, run(release, home))));
  }

  private static Stream<DynamicTest> run(int release, Path home) {
    ChildProcess cases =
        mesh.start(
            "jdk-" + release,
            JavaCommand.of(home)
                .option("-Xmx256m", "-XX:+UseSerialGC")
                .option(mesh.agent("caller"))
                .main(
                    mesh.artifacts().fixtures(),
                    "dev.meshagent.fixtures.httpclient.HttpClientCases",
                    Integer.toString(services.outside()),
                    certificates.trusted().toString(),
                    Certificates.PASSWORD));
    allHeld &= cases.awaitExit(CASES_TAKE_AT_MOST) == 0;
    List<String> lines = cases.lines();
    Stream<DynamicTest> each =
        lines.stream()
            .filter(line -> line.matches("(not )?ok \\w+.*"))
            .map(
                line ->
                    DynamicTest.dynamicTest(
                        line.replaceAll("^(not )?ok (\\w+).*", "$2"),
                        () -> assertThat(line).as(String.join("\n", lines)).startsWith("ok ")));
    return Stream.concat(
        each,
        Stream.of(
            DynamicTest.dynamicTest(
                "allCasesRanWithoutAnErrorOfTheAgent",
                () -> {
                  assertThat(lines).contains("done");
                  assertThat(lines).noneMatch(line -> line.matches("mesh-agent.*ERROR.*"));
                })));
  }
}
