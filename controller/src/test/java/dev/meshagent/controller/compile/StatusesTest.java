package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.names.HostAddresses;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusesTest {
  private static final Instant EARLY = Instant.parse("2026-01-01T00:00:01Z");
  private static final Instant LATE = Instant.parse("2026-01-01T00:00:09Z");

  private final Statuses statuses = new Statuses();

  private static Statuses.Convergence convergence(boolean converged) {
    return new Statuses.Convergence() {
      @Override
      public String text(long version) {
        return "version " + version;
      }

      @Override
      public boolean converged(long version) {
        return converged;
      }
    };
  }

  private static Mesh toGhost() {
    return Mesh.with("shop/orders")
        .add(
            Kind.VIRTUAL_SERVICE,
            "shop",
            "orders",
            "{hosts: ['orders'], http: [{route: [{destination: {host: 'ghost'}}]}]}");
  }

  private JsonNode condition(Mesh mesh, boolean converged, Instant now, int index) {
    ResourceKey key = new ResourceKey(Kind.VIRTUAL_SERVICE, "shop", "orders");
    return statuses
        .of(mesh.policies(), HostAddresses.NONE, convergence(converged), now)
        .get(key)
        .path("conditions")
        .get(index);
  }

  @Test
  void aReferenceToNothingIsSaidUntilItIsThere() {
    JsonNode dangling = condition(toGhost(), true, EARLY, 1);
    assertThat(dangling.path("type").asText()).isEqualTo("ResolvedRefs");
    assertThat(dangling.path("status").asText()).isEqualTo("False");
    assertThat(dangling.path("message").asText())
        .startsWith("spec.http[0].route[0].destination.host: no service shop/ghost");

    JsonNode found =
        condition(toGhost().add(Kind.SERVICE, "shop", "ghost", "{ports: []}"), true, LATE, 1);
    assertThat(found.path("status").asText()).isEqualTo("True");
    assertThat(found.path("lastTransitionTime").asText()).isEqualTo(LATE.toString());
  }

  @Test
  void aConditionKeepsTheTimeOfItsLastChange() {
    condition(toGhost(), false, EARLY, 0);
    JsonNode accepted = condition(toGhost(), true, LATE, 0);

    assertThat(accepted.path("type").asText()).isEqualTo("Accepted");
    assertThat(accepted.path("lastTransitionTime").asText()).isEqualTo(EARLY.toString());
    assertThat(condition(toGhost(), true, LATE, 2).path("message").asText()).isEqualTo("version 1");
  }

  @Test
  void aRouteSaysItOfEachParent() {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(
                Kind.HTTP_ROUTE,
                "shop",
                "r",
                "{parentRefs: [{group: '', kind: 'Service', name: 'orders'}],"
                    + " rules: [{backendRefs: [{name: 'orders', port: 80}]}]}");

    JsonNode parent =
        statuses
            .of(mesh.policies(), HostAddresses.NONE, convergence(true), EARLY)
            .get(new ResourceKey(Kind.HTTP_ROUTE, "shop", "r"))
            .at("/parents/0");
    assertThat(parent.at("/parentRef/name").asText()).isEqualTo("orders");
    assertThat(parent.path("conditions")).hasSize(3);
    assertThat(parent.path("controllerName").asText()).isEqualTo("mesh-agent.dev/controller");
  }

  @Test
  void whatNamesStandForIsSaidOfThoseThatAreLookedUp() {
    Mesh mesh =
        Mesh.with()
            .add(
                Kind.SERVICE,
                "shop",
                "mail",
                "{type: 'ExternalName', externalName: 'mail.example.com', ports: [{port: 80}]}");
    ResourceKey key = new ResourceKey(Kind.SERVICE, "shop", "mail");
    JsonNode waiting =
        statuses
            .of(mesh.policies(), HostAddresses.NONE, convergence(true), EARLY)
            .get(key)
            .at("/conditions/0");
    assertThat(waiting.path("type").asText()).isEqualTo("NamesResolved");
    assertThat(waiting.path("status").asText()).isEqualTo("False");
    JsonNode known =
        statuses
            .of(
                mesh.policies(),
                mesh.membership("mail.example.com", "10.0.0.1").addresses(),
                convergence(true),
                EARLY)
            .get(key)
            .at("/conditions/0");
    assertThat(known.path("status").asText()).isEqualTo("True");
    assertThat(known.path("message").asText()).isEqualTo("mail.example.com is 10.0.0.1.");
  }

  @Test
  void whereNothingIsLookedUpAnyMoreWhatWasSaidOfItIsTakenBack() {
    Mesh mesh = Mesh.with().add(Kind.SERVICE, "shop", "mail", "{ports: [{port: 80}]}");
    assertThat(
            statuses
                .of(mesh.policies(), HostAddresses.NONE, convergence(true), EARLY)
                .get(new ResourceKey(Kind.SERVICE, "shop", "mail")))
        .isEmpty();
  }
}
