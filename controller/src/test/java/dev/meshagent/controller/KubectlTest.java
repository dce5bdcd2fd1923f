package dev.meshagent.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real kubectl against the controller: the one that MESH_TEST_KUBECTL names, else the first on
 * the PATH; skipped where there is none.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class KubectlTest {
  @TempDir private static Path directory;
  private static Controller controller;
  private static String kubectl;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> found = find();
    assumeTrue(found.isPresent(), "no kubectl: set MESH_TEST_KUBECTL to one");
    kubectl = found.get();
    controller =
        Controller.start(
            new ControllerSettings(
                new HostPort("127.0.0.1", 0), Optional.empty(), ControllerSettings.LEASE));
    write(
        "kubeconfig",
        "apiVersion: v1",
        "kind: Config",
        "clusters: [{name: mesh, cluster: {server: 'http://" + controller.listening() + "'}}]",
        "users: [{name: mesh, user: {}}]",
        "contexts: [{name: mesh, context: {cluster: mesh, user: mesh, namespace: default}}]",
        "current-context: mesh");
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  private static Optional<String> find() {
    Stream<String> named = Stream.ofNullable(System.getenv("MESH_TEST_KUBECTL"));
    Stream<String> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "kubectl").toString());
    return Stream.concat(named, onPath)
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  private static Path write(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  private static Process begin(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(kubectl));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", directory.resolve("kubeconfig").toString());
    builder.environment().put("KUBECACHEDIR", directory.resolve("cache").toString());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("KUBE_EDITOR", "sed -i s/2s/7s/");
    return builder.start();
  }

  private static String run(int code, String... arguments)
      throws IOException, InterruptedException {
    Process process = begin(arguments);
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("kubectl %s\n%s", String.join(" ", arguments), out)
        .isEqualTo(code);
    return out;
  }

  private static Path route(String name, String timeout) throws IOException {
    return write(
        name + timeout + ".yaml",
        "apiVersion: networking.istio.io/v1",
        "kind: VirtualService",
        "metadata: {name: " + name + "}",
        "spec:",
        "  hosts: [" + name + "]",
        "  http: [{route: [{destination: {host: " + name + "}}], timeout: " + timeout + "}]");
  }

  private static String timeout(String name) throws Exception {
    return run(0, "get", "vs", name, "-o", "jsonpath={.spec.http[0].timeout}");
  }

  @Test
  void appliesAndChangesAndDeletes() throws Exception {
    String file = route("life", "1s").toString();
    assertThat(run(0, "apply", "-f", file)).contains("life created");
    assertThat(run(0, "apply", "-f", file)).contains("life unchanged");
    String changed = route("life", "2s").toString();
    assertThat(run(1, "diff", "-f", changed))
        .contains("-    timeout: 1s")
        .contains("+    timeout: 2s")
        .doesNotContain("-status");
    assertThat(run(0, "apply", "-f", changed, "--dry-run=server")).contains("(server dry run)");
    assertThat(timeout("life")).isEqualTo("1s");
    assertThat(run(0, "apply", "-f", changed)).contains("life configured");
    assertThat(run(0, "edit", "vs", "life")).contains("life edited");
    assertThat(timeout("life")).isEqualTo("7s");
    assertThat(run(0, "describe", "vs", "life")).contains("Timeout:").contains("7s");
    run(0, "label", "vs", "life", "team=shop");
    assertThat(run(0, "get", "vs", "-l", "team=shop"))
        .containsPattern("NAME +GATEWAYS +HOSTS +ACCEPTED +AGE")
        .containsPattern("life +\\[\"life\"]");
    assertThat(run(0, "delete", "-f", file)).contains("deleted");
    assertThat(run(1, "get", "vs", "life")).contains("NotFound");
  }

  @Test
  void appliesOnTheServerAndNamesConflicts() throws Exception {
    String file = route("ssa", "1s").toString();
    run(0, "apply", "--server-side", "--field-manager=ann", "-f", file);
    String changed = route("ssa", "2s").toString();
    assertThat(run(1, "apply", "--server-side", "--field-manager=bob", "-f", changed))
        .contains("conflict with \"ann\"")
        .contains(".spec.http");
    run(0, "apply", "--server-side", "--force-conflicts", "--field-manager=bob", "-f", changed);
    assertThat(timeout("ssa")).isEqualTo("2s");
  }

  @Test
  void waitsAndWatches() throws Exception {
    Process watch =
        begin("get", "vs", "-w", "--field-selector=metadata.name=watched", "--no-headers");
    try (var lines = watch.inputReader(StandardCharsets.UTF_8)) {
      run(0, "apply", "-f", route("watched", "1s").toString());
      assertThat(lines.readLine()).startsWith("watched");
      run(0, "wait", "--for=condition=Accepted", "vs/watched", "--timeout=30s");
      run(0, "delete", "vs", "watched");
      run(0, "wait", "--for=delete", "vs/watched", "--timeout=30s");
    } finally {
      watch.destroy();
    }
  }

  @Test
  void coreKindsAndGatewayRoutesWorkAlike() throws Exception {
    Path file =
        write(
            "core.yaml",
            "apiVersion: v1",
            "kind: Service",
            "metadata: {name: core}",
            "spec: {selector: {app: core}, ports: [{name: http, port: 80, targetPort: 8080}]}",
            "---",
            "apiVersion: v1",
            "kind: Namespace",
            "metadata: {name: made}",
            "---",
            "apiVersion: gateway.networking.k8s.io/v1",
            "kind: HTTPRoute",
            "metadata: {name: core}",
            "spec:",
            "  parentRefs: [{group: '', kind: Service, name: core, port: 80}]",
            "  rules: [{backendRefs: [{name: core, port: 80}]}]");
    run(0, "apply", "-f", file.toString());
    Files.writeString(file, Files.readString(file).replace("8080", "8081"));
    assertThat(run(0, "apply", "-f", file.toString())).contains("service/core configured");
    assertThat(run(0, "get", "svc", "core", "-o", "jsonpath={.spec.ports[*].targetPort}"))
        .isEqualTo("8081");
    assertThat(run(0, "describe", "svc", "core")).contains("8081/TCP");
    assertThat(run(0, "get", "ns", "made")).contains("made");
    run(0, "apply", "--server-side", "--force-conflicts", "-f", file.toString());
    run(0, "delete", "-f", file.toString());
  }

  @Test
  void tellsWhatIsWrongAndWhatThereIs() throws Exception {
    Path file =
        write(
            "wrong.yaml",
            "apiVersion: networking.istio.io/v1",
            "kind: VirtualService",
            "metadata: {name: wrong}",
            "spec:",
            "  hosts: [wrong]",
            "  http: [{route: [{destination: {host: a}, weigth: 3}], corsPolicy: {}}]");
    assertThat(run(1, "apply", "-f", file.toString()))
        .contains("spec.http[0].corsPolicy: not obeyed")
        .contains("spec.http[0].route[0].weigth: unknown field; did you mean weight?");
    assertThat(run(0, "explain", "virtualservice.spec.http.retries")).contains("perTryTimeout");
    assertThat(run(0, "api-resources")).contains("httproutes").contains("destinationrules");
  }
}
