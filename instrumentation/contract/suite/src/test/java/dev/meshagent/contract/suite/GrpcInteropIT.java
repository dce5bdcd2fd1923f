package dev.meshagent.contract.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Edge;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.Polling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * gRPC's own interop client and server (doc/interop-test-descriptions.md), unchanged, with the
 * packaged agent in both and three servers behind one name: every case that needs no credentials of
 * a cloud. {@code contract.scope=full} runs all versions and transports.
 */
final class GrpcInteropIT {
  private static final boolean FULL = System.getProperty("contract.scope", "").equals("full");
  private static final String CLIENT = "io.grpc.testing.integration.TestServiceClient";
  private static final String SERVER = "io.grpc.testing.integration.TestServiceServer";
  private static final Duration CASE_TAKES_AT_MOST = Duration.ofSeconds(180);

  /** The last is the newest that was published. */
  private static final List<String> VERSIONS = List.of("1.53.0", "1.68.2", "1.79.0");

  /**
   * Left out, since the server in Java fails them without an agent too: client_compressed_unary and
   * client_compressed_streaming (it does not refuse what is not compressed) and cacheable_unary.
   */
  private static final List<String> CASES =
      List.of(
          "empty_unary",
          "large_unary",
          "server_compressed_unary",
          "client_streaming",
          "server_streaming",
          "server_compressed_streaming",
          "ping_pong",
          "empty_stream",
          "custom_metadata",
          "status_code_and_message",
          "special_status_message",
          "unimplemented_method",
          "unimplemented_service",
          "cancel_after_begin",
          "cancel_after_first_response",
          "timeout_on_sleeping_server",
          "very_large_request",
          "pick_first_unary");

  private static MavenArtifacts maven;
  private static LocalMesh mesh;
  private static ControllerClient controller;
  private static GrpcJvms jvms;
  private static boolean allHeld = true;

  @BeforeAll
  static void startController() {
    maven = MavenArtifacts.open();
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    controller = mesh.startController();
    jvms = new GrpcJvms(mesh, maven, mesh.artifacts().agent());
  }

  @TestFactory
  Stream<DynamicNode> theCasesHold() {
    return (FULL ? VERSIONS : VERSIONS.subList(VERSIONS.size() - 1, VERSIONS.size()))
        .stream()
            .flatMap(
                version ->
                    (FULL ? Stream.of("netty", "okhttp") : Stream.of("netty"))
                        .map(
                            transport ->
                                dynamicContainer(
                                    "gRPC " + version + " " + transport,
                                    Stream.of(version).flatMap(each -> cases(each, transport)))));
  }

  private static Stream<DynamicTest> cases(String version, String transport) {
    String service = "interop-" + version.replace('.', '-') + "-" + transport;
    List<Path> path;
    try {
      path = jvms.interop(version);
    } catch (Exception e) {
      return Stream.of(
          dynamicTest(
              "resolved",
              () -> {
                throw e;
              }));
    }
    List<ChildProcess> servers =
        Stream.of("a", "b", "c")
            .map(
                name ->
                    jvms.start(
                        service + "-" + name,
                        GrpcJvms.thisJdk(),
                        service,
                        path,
                        SERVER,
                        "--port=0",
                        "--use_tls=false"))
            .toList();
    Polling.until(
        () -> controller.readyWorkloads(service) == 3,
        LocalMesh.STARTED_WITHIN,
        () -> "the three servers did not get ready");
    // Of the last minute alone the controller knows whom a service called.
    Set<String> asked = new HashSet<>();
    Stream<DynamicTest> cases =
        CASES.stream()
            .map(
                each ->
                    dynamicTest(
                        each,
                        () -> {
                          holds(each, play(service, path, transport, each));
                          asked.addAll(asked(service));
                        }));
    return Stream.concat(
        cases,
        Stream.of(
            dynamicTest(
                "allThreeServersWereAsked",
                () -> {
                  Polling.until(
                      () -> {
                        asked.addAll(asked(service));
                        return asked.size() >= 3;
                      },
                      Duration.ofSeconds(60),
                      () -> "only these were asked: " + asked);
                  assertThat(asked).hasSize(3);
                  servers.forEach(ChildProcess::kill);
                })));
  }

  /** The addresses of the servers that calls of the service went to in the last minute. */
  private static List<String> asked(String service) {
    return controller.edges(60).stream()
        .filter(edge -> edge.to().equals(service))
        .flatMap(edge -> edge.endpoints().stream())
        .map(Edge.Share::address)
        .toList();
  }

  private static ChildProcess play(
      String service, List<Path> path, String transport, String played) {
    return jvms.start(
        service + "-" + played,
        GrpcJvms.thisJdk(),
        "interop-client",
        path,
        CLIENT,
        "--server_host=" + service,
        "--server_port=8080",
        "--use_tls=false",
        "--use_okhttp=" + transport.equals("okhttp"),
        "--test_case=" + played);
  }

  private static void holds(String played, ChildProcess client) {
    int exit = client.awaitExit(CASE_TAKES_AT_MOST);
    allHeld &= exit == 0;
    System.out.println(client.name() + ": " + (exit == 0 ? "PASS" : "FAIL"));
    assertThat(exit).as(String.join("\n", client.lines())).isZero();
    assertThat(client.lines())
        .contains("Running test " + played)
        .noneMatch(line -> line.contains("error in the agent"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (allHeld) {
      mesh.discardLogs();
    }
    mesh.close();
    maven.close();
  }
}
