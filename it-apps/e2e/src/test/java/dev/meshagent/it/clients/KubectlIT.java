package dev.meshagent.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Kubectl;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.MeshCli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real kubectl against a controller's process, by the configuration that {@code ./mesh
 * kubeconfig} prints: the kubectl that MESH_TEST_KUBECTL names, else the first on the PATH; skipped
 * where there is none.
 */
@EnabledIf("dev.meshagent.testbed.Kubectl#isThere")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KubectlIT {
  @TempDir private static Path home;
  private static LocalMesh mesh;
  private static Kubectl kubectl;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    ControllerClient controller = mesh.startController();
    String kubeconfig =
        new MeshCli(mesh.artifacts(), controller.uri()).run("kubeconfig").endedWith(0).output();
    kubectl = Kubectl.at(home, kubeconfig);
  }

  @AfterAll
  static void stop() {
    mesh.discardLogs();
    mesh.close();
  }

  private static String run(int code, String... arguments) {
    return kubectl.run(arguments).endedWith(code).all();
  }

  private static String get(String... arguments) {
    return kubectl.run(arguments).endedWith(0).output();
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private Path route(String name, String timeout) throws IOException {
    return write(
        name + timeout + ".yaml",
        "apiVersion: networking.istio.io/v1",
        "kind: VirtualService",
        "metadata: {name: " + name + ", labels: {test: " + name + "}}",
        "spec:",
        "  hosts: [" + name + "]",
        "  http: [{route: [{destination: {host: " + name + "}}], timeout: " + timeout + "}]");
  }

  private static String timeout(String name) {
    return get("get", "vs", name, "-o", "jsonpath={.spec.http[0].timeout}");
  }

  @Test
  void appliesChangesAndDeletes() throws Exception {
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
    assertThat(run(0, "diff", "-f", changed)).doesNotContain("timeout");
    assertThat(run(0, "delete", "-f", file, "--dry-run=server")).contains("(server dry run)");
    assertThat(run(0, "delete", "vs", "--all", "--dry-run=server")).contains("\"life\" deleted");
    assertThat(timeout("life")).isEqualTo("2s");
    assertThat(run(0, "delete", "-f", file)).contains("deleted");
    assertThat(run(1, "get", "vs", "life")).contains("NotFound");
    assertThat(run(1, "delete", "-f", file)).contains("NotFound");
    run(0, "delete", "-f", file, "--ignore-not-found");
  }

  @Test
  void editsInAnEditorAndShowsWhatIsRefusedThere() throws Exception {
    run(0, "apply", "-f", route("edited", "2s").toString());
    Kubectl better = kubectl.with("KUBE_EDITOR", "sed -i s/2s/7s/");
    assertThat(better.run("edit", "vs", "edited").endedWith(0).all()).contains("edited edited");
    assertThat(timeout("edited")).isEqualTo("7s");
    Kubectl nothing = kubectl.with("KUBE_EDITOR", "true");
    assertThat(nothing.run("edit", "vs", "edited").endedWith(0).all()).contains("no changes made");
    Kubectl worse = kubectl.with("KUBE_EDITOR", "sed -i s/timeout:/tiemout:/");
    String given = worse.run("edit", "vs", "edited").endedWith(1).all();
    Matcher kept = Pattern.compile("has been stored to \"(.*)\"").matcher(given);
    assertThat(kept.find()).as(given).isTrue();
    assertThat(Path.of(kept.group(1)))
        .as("what the editor shows again, with the reason in its first lines")
        .content()
        .contains("# * spec.http[0].tiemout")
        .contains("did you mean timeout?");
    assertThat(timeout("edited")).isEqualTo("7s");
  }

  @Test
  void showsInEveryForm() throws Exception {
    run(0, "apply", "-f", route("shown", "3s").toString());
    run(0, "apply", "-f", route("other", "3s").toString());
    assertThat(get("get", "vs", "shown"))
        .containsPattern("NAME +GATEWAYS +HOSTS +ACCEPTED +AGE")
        .containsPattern("shown +\\[\"shown\"]");
    assertThat(get("get", "vs", "shown", "-o", "wide")).contains("shown");
    assertThat(get("get", "vs", "-A")).containsPattern("NAMESPACE +NAME").contains("default");
    assertThat(get("get", "vs", "-l", "test=shown", "--no-headers").lines()).hasSize(1);
    assertThat(get("get", "vs", "-l", "test in (shown, other),test!=other", "-o", "name").strip())
        .isEqualTo("virtualservice.networking.istio.io/shown");
    assertThat(get("get", "vs", "--field-selector", "metadata.name=other", "-o", "name").strip())
        .isEqualTo("virtualservice.networking.istio.io/other");
    assertThat(get("get", "vs", "shown", "--show-labels")).contains("test=shown");
    assertThat(get("get", "vs", "shown", "-o", "yaml"))
        .contains("kind: VirtualService")
        .contains("timeout: 3s")
        .contains("type: Accepted");
    assertThat(get("get", "vs", "shown", "-o", "json")).contains("\"timeout\": \"3s\"");
    assertThat(get("get", "vs", "shown", "-o", "yaml", "--show-managed-fields"))
        .contains("manager: kubectl-client-side-apply")
        .contains("f:http");
    assertThat(get("get", "vs", "shown", "-o", "go-template={{.metadata.name}}"))
        .isEqualTo("shown");
    assertThat(get("get", "vs", "shown", "-o", "custom-columns=N:.metadata.name,H:.spec.hosts"))
        .containsPattern("shown +\\[shown]");
    assertThat(get("get", "vs", "--chunk-size=1", "--sort-by=.metadata.name", "-o", "name").lines())
        .contains(
            "virtualservice.networking.istio.io/other", "virtualservice.networking.istio.io/shown");
    assertThat(get("get", "virtualservices.v1beta1.networking.istio.io", "shown", "-o", "yaml"))
        .contains("apiVersion: networking.istio.io/v1beta1");
    assertThat(get("get", "istio-io", "-o", "name")).contains("networking.istio.io/shown");
    assertThat(run(0, "describe", "vs", "shown"))
        .containsPattern("Timeout: +3s")
        .containsPattern("Type: +Accepted");
  }

  @Test
  void appliesOnTheServerAndNamesConflicts() throws Exception {
    String file = route("ssa", "1s").toString();
    run(0, "apply", "--server-side", "--field-manager=ann", "-f", file);
    run(0, "apply", "--server-side", "--field-manager=bob", "-f", file);
    String changed = route("ssa", "2s").toString();
    assertThat(run(1, "apply", "--server-side", "--field-manager=bob", "-f", changed))
        .contains("conflict with \"ann\"")
        .contains(".spec.http");
    assertThat(timeout("ssa")).isEqualTo("1s");
    assertThat(
            run(
                1,
                "diff",
                "--server-side",
                "--field-manager=ann",
                "--force-conflicts",
                "-f",
                changed))
        .contains("+    timeout: 2s");
    run(0, "apply", "--server-side", "--force-conflicts", "--field-manager=bob", "-f", changed);
    assertThat(timeout("ssa")).isEqualTo("2s");
  }

  @Test
  void patchesEachWay() throws Exception {
    run(0, "apply", "-f", route("patched", "1s").toString());
    String merge =
        "{\"spec\":{\"http\":[{\"timeout\":\"3s\",\"route\":[{\"destination\":{\"host\":\"x\"}}]}]}}";
    run(0, "patch", "vs", "patched", "--type=merge", "-p", merge);
    assertThat(timeout("patched")).isEqualTo("3s");
    String json = "[{\"op\":\"replace\",\"path\":\"/spec/http/0/timeout\",\"value\":\"4s\"}]";
    run(0, "patch", "vs", "patched", "--type=json", "-p", json);
    assertThat(timeout("patched")).isEqualTo("4s");
    run(0, "patch", "vs", "patched", "--type=merge", "-p", merge, "--dry-run=server");
    assertThat(timeout("patched")).isEqualTo("4s");
    assertThat(run(1, "patch", "vs", "patched", "--type=strategic", "-p", "{}"))
        .contains("not supported");
    String broken = json.replace("4s", "soon");
    assertThat(run(1, "patch", "vs", "patched", "--type=json", "-p", broken))
        .contains("spec.http[0].timeout")
        .contains("soon");

    Path service = service("patched", 8080);
    run(0, "apply", "-f", service.toString());
    run(
        0,
        "patch",
        "svc",
        "patched",
        "-p",
        "{\"spec\":{\"ports\":[{\"name\":\"b\",\"port\":90}]}}");
    assertThat(get("get", "svc", "patched", "-o", "jsonpath={.spec.ports[*].port}").split(" "))
        .as("lists are merged by their key")
        .containsExactlyInAnyOrder("80", "90");
    run(0, "set", "selector", "svc", "patched", "app=other");
    assertThat(get("get", "svc", "patched", "-o", "jsonpath={.spec.selector.app}"))
        .isEqualTo("other");
  }

  private Path service(String name, int port) throws IOException {
    return write(
        name + "-service.yaml",
        "apiVersion: v1",
        "kind: Service",
        "metadata: {name: " + name + "}",
        "spec:",
        "  selector: {app: " + name + "}",
        "  ports: [{name: http, port: 80, targetPort: " + port + "}]");
  }

  @Test
  void labelsAnnotatesReplacesAndCreates() throws Exception {
    String file = route("labelled", "1s").toString();
    assertThat(run(0, "create", "-f", file)).contains("labelled created");
    assertThat(run(1, "create", "-f", file)).contains("AlreadyExists");
    run(0, "label", "vs", "labelled", "team=shop");
    assertThat(run(1, "label", "vs", "labelled", "team=x")).contains("--overwrite is false");
    run(0, "label", "vs", "labelled", "team=x", "--overwrite");
    assertThat(get("get", "vs", "-l", "team=x", "-o", "name")).contains("labelled");
    run(0, "label", "vs", "labelled", "team-");
    assertThat(get("get", "vs", "-l", "team", "-o", "name")).isEmpty();
    run(0, "annotate", "vs", "labelled", "note=hello");
    assertThat(get("get", "vs", "labelled", "-o", "jsonpath={.metadata.annotations.note}"))
        .isEqualTo("hello");
    assertThat(run(1, "annotate", "vs", "labelled", "mesh-agent.dev/hedge=1s"))
        .contains("mesh-agent.dev/hedge-after");
    String changed = route("labelled", "2s").toString();
    run(0, "replace", "-f", changed);
    assertThat(timeout("labelled")).isEqualTo("2s");
    assertThat(get("get", "vs", "labelled", "-o", "jsonpath={.metadata.annotations}")).isEmpty();
    run(0, "replace", "--force", "-f", file);
    assertThat(timeout("labelled")).isEqualTo("1s");
    assertThat(run(1, "replace", "-f", route("absent", "1s").toString())).contains("NotFound");
  }

  @Test
  void aFolderIsAppliedWhole() throws Exception {
    route("first", "1s");
    route("second", "1s");
    assertThat(run(0, "apply", "-f", folder.toString()))
        .contains("first created")
        .contains("second created");
    String both = get("get", "vs", "-l", "test in (first, second)", "-o", "name");
    assertThat(both.lines()).hasSize(2);
    assertThat(run(0, "apply", "-f", folder.toString()))
        .contains("first unchanged")
        .contains("second unchanged");
    assertThat(run(0, "delete", "vs", "-l", "test in (first, second)").lines()).hasSize(2);
    String input = Files.readString(route("piped", "1s"));
    assertThat(kubectl.runWithInput(input, "apply", "-f", "-").endedWith(0).all())
        .contains("piped created");
  }

  @Test
  void waitsAndWatches() throws Exception {
    Process watch =
        kubectl.begin("get", "vs", "-w", "--field-selector=metadata.name=watched", "--no-headers");
    try (var lines = watch.inputReader()) {
      run(0, "apply", "-f", route("watched", "1s").toString());
      assertThat(lines.readLine()).startsWith("watched");
      run(0, "wait", "--for=condition=Accepted", "vs/watched", "--timeout=30s");
      run(0, "wait", "--for=jsonpath={.spec.hosts[0]}=watched", "vs/watched", "--timeout=30s");
      run(0, "wait", "--for=create", "vs/watched", "--timeout=30s");
      assertThat(run(1, "wait", "--for=condition=Nonsense", "vs/watched", "--timeout=1s"))
          .contains("timed out");
      Process gone = kubectl.begin("wait", "--for=delete", "vs/watched", "--timeout=30s");
      run(0, "delete", "vs", "watched");
      gone.getInputStream().readAllBytes();
      assertThat(gone.waitFor()).isZero();
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
    assertThat(get("get", "svc", "core", "-o", "jsonpath={.spec.ports[*].targetPort}"))
        .isEqualTo("8081");
    assertThat(run(0, "describe", "svc", "core")).contains("8081/TCP");
    assertThat(get("get", "all", "-o", "name")).contains("service/core");
    assertThat(get("get", "ns", "made")).contains("made");
    assertThat(get("get", "svc,httproute", "-o", "name").lines())
        .contains("service/core", "httproute.gateway.networking.k8s.io/core");
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
    assertThat(run(0, "apply", "-f", route("dangling", "1s").toString()))
        .contains("Warning: VirtualService default/dangling: spec.http[0].route[0]");
    assertThat(get("explain", "virtualservice.spec.http.retries")).contains("perTryTimeout");
    assertThat(get("explain", "httproute.spec", "--recursive")).contains("requestHeaderModifier");
    assertThat(get("api-resources")).contains("httproutes").contains("destinationrules");
    assertThat(get("api-resources", "--api-group=security.istio.io", "-o", "name"))
        .contains("authorizationpolicies.security.istio.io");
    assertThat(get("api-versions")).contains("gateway.networking.k8s.io/v1");
    assertThat(get("get", "--raw", "/readyz")).isEqualTo("ok");
    assertThat(get("cluster-info")).contains("is running at");
  }
}
