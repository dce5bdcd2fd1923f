package dev.meshagent.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.routing.Source;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.Collections;
import org.junit.jupiter.api.Test;

final class ExplainerTest {
  private static final Source SOURCE = new Source("default", Collections.emptyMap());

  private static Explanation explain(ServicePolicy.Builder policy, String url) {
    return Explainer.explain(
        Collections.singletonMap(
            Mesh.ORDERS, Mesh.snapshot(Mesh.ORDERS, policy.build(), Mesh.endpoint("a"))),
        Mesh.ORDERS,
        SOURCE,
        TestRequest.get(url));
  }

  @Test
  void saysWhichRuleFitsAndWhyTheOthersDoNot() {
    ServicePolicy.Builder policy =
        new ServicePolicy.Builder()
            .route(
                new Route.Builder()
                    .name("beta")
                    .match(new Match.Builder().header("x-beta", StringMatch.exact("1")).build())
                    .build())
            .route(
                new Route.Builder()
                    .match(new Match.Builder().path(StringMatch.prefix("/a")).build())
                    .to(Destination.subset("app", 3))
                    .to(Destination.subset("none", 1))
                    .build())
            .subset("app", "app", "orders");
    Explanation explanation = explain(policy, "http://orders/a");
    assertThat(explanation.toString())
        .isEqualTo(
            "default/orders\n"
                + "  no    beta: header x-beta is absent\n"
                + "  fits  #1\n"
                + "  75.0 % to default/orders subset app, LATENCY_AWARE\n"
                + "    10.0.0.1:8080 READY weight 1  {app=orders}\n"
                + "  25.0 % to default/orders subset none: no subset of that name is defined\n"
                + "  retries 2 on [CONNECT_FAILURE, REFUSED_STREAM, CANCELLED, UNAVAILABLE,"
                + " IDEMPOTENT_RESET, IDEMPOTENT_503]\n");
    assertThat(explain(policy, "http://orders/b").toString())
        .contains("  no    #1: path '/b' is not prefix '/a'\n", "404");
  }

  @Test
  void withoutRoutesTheServiceItselfIsTheDestination() {
    Explanation explanation = explain(new ServicePolicy.Builder(), "http://orders/");
    assertThat(explanation.asked).isEmpty();
    assertThat(explanation.destinations).hasSize(1);
    assertThat(explanation.destinations.get(0).candidates).hasSize(1);
    assertThat(explanation.destinations.get(0).percent).isEqualTo(100);
  }
}
