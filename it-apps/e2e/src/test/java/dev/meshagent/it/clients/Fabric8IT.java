package dev.meshagent.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import dev.meshagent.testbed.MeshCli;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** fabric8's client: typed for the core's kinds, and generic for the mesh's. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class Fabric8IT {
  private static final ResourceDefinitionContext VIRTUAL_SERVICE =
      new ResourceDefinitionContext.Builder()
          .withGroup("networking.istio.io")
          .withVersion("v1")
          .withKind("VirtualService")
          .withPlural("virtualservices")
          .withNamespaced(true)
          .build();

  private static LocalMesh mesh;
  private static ControllerClient controller;
  private static KubernetesClient client;

  @BeforeAll
  static void start() {
    mesh = LocalMesh.create(Artifacts.ofSystemProperty());
    controller = mesh.startController();
    String kubeconfig =
        new MeshCli(mesh.artifacts(), controller.uri()).run("kubeconfig").endedWith(0).output();
    client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
  }

  @AfterAll
  static void stop() {
    client.close();
    mesh.discardLogs();
    mesh.close();
  }

  private static MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      routes() {
    return client.genericKubernetesResources(VIRTUAL_SERVICE);
  }

  private static GenericKubernetesResource route(String name, String timeout) {
    return new KubernetesSerialization()
        .unmarshal(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default, labels: {test: %1$s}}
            spec:
              hosts: [%1$s]
              http: [{timeout: %2$s, route: [{destination: {host: %1$s}}]}]
            """
                .formatted(name, timeout),
            GenericKubernetesResource.class);
  }

  private static String timeout(GenericKubernetesResource route) {
    return route.get("spec", "http", 0, "timeout");
  }

  @Test
  void anInformerSeesWhatIsAddedChangedAndDeleted() {
    Seen seen = new Seen();
    try (var informer =
        routes().inNamespace("default").withLabel("test", "informed").inform(seen.handler())) {
      routes().resource(route("informed", "1s")).create();
      assertThat(seen.next()).isEqualTo("added informed 1s");
      routes().resource(route("informed", "2s")).update();
      assertThat(seen.next()).isEqualTo("changed informed 2s");
      assertThat(timeout(informer.getStore().getByKey("default/informed"))).isEqualTo("2s");
      assertThat(routes().inNamespace("default").withName("informed").delete()).hasSize(1);
      assertThat(seen.next()).isEqualTo("deleted informed 2s");
      assertThat(informer.getStore().list()).isEmpty();
    }
  }

  @Test
  void anInformerGoesOnAfterTheControllerWasKilledAndItsHistoryLost() {
    Seen seen = new Seen();
    routes().resource(route("outlives", "1s")).create();
    routes().resource(route("goes", "1s")).create();
    try (var informer =
        routes()
            .inNamespace("default")
            .withLabelIn("test", "outlives", "goes", "comes")
            .inform(seen.handler())) {
      assertThat(List.of(seen.next(), seen.next()))
          .containsExactlyInAnyOrder("added outlives 1s", "added goes 1s");
      String before = informer.lastSyncResourceVersion();
      mesh.killController();
      mesh.startController();
      assertThatThrownBy(
              () ->
                  controller.get(
                      "/apis/networking.istio.io/v1/virtualservices?watch=true&resourceVersion="
                          + before))
          .as("a watch cannot go on where it was")
          .hasMessageContaining("answered 410");
      routes().inNamespace("default").withName("goes").delete();
      routes().resource(route("outlives", "2s")).update();
      routes().resource(route("comes", "3s")).create();
      assertThat(List.of(seen.next(), seen.next(), seen.next()))
          .containsExactlyInAnyOrder("deleted goes 1s", "changed outlives 2s", "added comes 3s");
      assertThat(informer.isRunning()).isTrue();
    } finally {
      routes().inNamespace("default").withLabelIn("test", "outlives", "comes").delete();
    }
  }

  @Test
  void editsAreSentAsPatchesAndStaleOnesAreRefused() {
    routes().resource(route("edited", "1s")).create();
    GenericKubernetesResource stale = routes().inNamespace("default").withName("edited").require();
    GenericKubernetesResource edited =
        routes()
            .inNamespace("default")
            .withName("edited")
            .edit(
                route -> {
                  Map<String, Object> http = route.get("spec", "http", 0);
                  http.put("timeout", "5s");
                  route.getMetadata().getLabels().put("team", "shop");
                  return route;
                });
    assertThat(timeout(edited)).isEqualTo("5s");
    assertThat(edited.getMetadata().getGeneration()).isEqualTo(2);
    assertThat(routes().inNamespace("default").withLabel("team", "shop").list().getItems())
        .extracting(route -> route.getMetadata().getName())
        .containsExactly("edited");

    assertThatThrownBy(
            () ->
                routes()
                    .resource(stale)
                    .lockResourceVersion(stale.getMetadata().getResourceVersion())
                    .update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            refused -> assertThat(refused.getCode()).isEqualTo(409));
    routes().inNamespace("default").withName("edited").delete();
  }

  @Test
  void aTypedServiceIsMadeEditedPatchedEachWayAwaitedAndDeleted() {
    Service made =
        client
            .services()
            .resource(
                new ServiceBuilder()
                    .withNewMetadata()
                    .withName("typed")
                    .withNamespace("default")
                    .endMetadata()
                    .withNewSpec()
                    .addToSelector("app", "typed")
                    .addNewPort()
                    .withName("http")
                    .withPort(80)
                    .withTargetPort(new IntOrString(8080))
                    .endPort()
                    .endSpec()
                    .build())
            .create();
    assertThat(made.getMetadata().getUid()).isNotEmpty();

    var typed = client.services().inNamespace("default").withName("typed");
    Service edited =
        typed.edit(
            service ->
                new ServiceBuilder(service)
                    .editSpec()
                    .editFirstPort()
                    .withTargetPort(new IntOrString(8081))
                    .endPort()
                    .endSpec()
                    .build());
    assertThat(edited.getSpec().getPorts().get(0).getTargetPort().getIntVal()).isEqualTo(8081);

    typed.patch(
        PatchContext.of(PatchType.STRATEGIC_MERGE),
        "{\"spec\": {\"ports\": [{\"port\": 90, \"name\": \"admin\"}]}}");
    assertThat(typed.require().getSpec().getPorts())
        .extracting(port -> port.getPort())
        .containsExactlyInAnyOrder(80, 90);
    typed.patch(
        PatchContext.of(PatchType.JSON_MERGE),
        "{\"spec\": {\"ports\": [{\"port\": 70, \"name\": \"only\"}]}}");
    assertThat(typed.require().getSpec().getPorts())
        .extracting(port -> port.getPort())
        .containsExactly(70);

    Service awaited =
        typed.waitUntilCondition(
            service -> service != null && service.getMetadata().getUid() != null,
            30,
            TimeUnit.SECONDS);
    assertThat(awaited.getMetadata().getUid()).isEqualTo(made.getMetadata().getUid());
    assertThat(typed.withTimeout(30, TimeUnit.SECONDS).delete()).hasSize(1);
    assertThat(typed.get()).isNull();
  }

  @Test
  void serverSideApplyKeepsEachManagersFields() {
    client.resource(route("applied", "1s")).fieldManager("ann").serverSideApply();
    assertThat(
            client
                .resource(route("applied", "1s"))
                .fieldManager("bob")
                .serverSideApply()
                .getMetadata()
                .getManagedFields())
        .as("who say the same share it")
        .extracting(entry -> entry.getManager())
        .containsExactlyInAnyOrder("ann", "bob");

    assertThatThrownBy(
            () -> client.resource(route("applied", "2s")).fieldManager("bob").serverSideApply())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            conflict -> {
              assertThat(conflict.getCode()).isEqualTo(409);
              assertThat(conflict.getMessage()).contains("ann").contains(".spec.http");
            });
    GenericKubernetesResource forced =
        client
            .resource(route("applied", "2s"))
            .fieldManager("bob")
            .forceConflicts()
            .serverSideApply();
    assertThat(timeout(forced)).isEqualTo("2s");
    routes().inNamespace("default").withName("applied").delete();
  }

  @Test
  void refusalsCarryTheirCauses() {
    GenericKubernetesResource wrong = route("wrong", "1s");
    Map<String, Object> http = wrong.get("spec", "http", 0);
    http.put("corsPolicy", Map.of());
    assertThatThrownBy(() -> routes().resource(wrong).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            refused -> {
              assertThat(refused.getCode()).isEqualTo(422);
              assertThat(refused.getStatus().getDetails().getCauses())
                  .extracting(cause -> cause.getField())
                  .containsExactly("spec.http[0].corsPolicy");
            });
  }
}
