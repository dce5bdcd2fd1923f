package dev.meshagent.engine.property;

import static dev.meshagent.engine.Mesh.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Weights of a split are kept to within what chance allows. */
class SplitProperties {
  private static final int CALLS = 20_000;

  /** Beyond this many standard deviations chance is no excuse: one in ten million. */
  private static final double DEVIATIONS = 5.3;

  @Property(tries = 20)
  void anySplitIsKept(@ForAll @IntRange(min = 0, max = 100) int percent) {
    assertSplit(percent);
  }

  @Property(tries = 1)
  void oneInAHundredIsKept() {
    assertSplit(1);
    assertSplit(99);
  }

  @Property(tries = 1)
  void nothingGoesToWeightZero() {
    assertSplit(0);
    assertSplit(100);
  }

  private static void assertSplit(int percent) {
    Mesh mesh = split(percent, null);
    int first = 0;
    for (int i = 0; i < CALLS; i++) {
      first += mesh.call(1).equals("v1") ? 1 : 0;
    }
    double share = percent / 100.0;
    double deviation = Math.sqrt(CALLS * share * (1 - share));
    assertThat((double) first)
        .isBetween(CALLS * share - DEVIATIONS * deviation, CALLS * share + DEVIATIONS * deviation);
  }

  @Property(tries = 10)
  void aStickyUserStaysAndUsersAreSplit(@ForAll @IntRange(min = 1, max = 99) int percent) {
    Mesh mesh = split(percent, new HashKey(HashKey.Source.HEADER, "x-user"));
    int users = 2_000;
    int first = 0;
    for (int user = 0; user < users; user++) {
      String version = versionOf(mesh, user);
      assertThat(versionOf(mesh, user)).isEqualTo(version);
      first += version.equals("v1") ? 1 : 0;
    }
    double share = percent / 100.0;
    double deviation = Math.sqrt(users * share * (1 - share));
    assertThat((double) first)
        .isBetween(users * share - DEVIATIONS * deviation, users * share + DEVIATIONS * deviation);
  }

  private static String versionOf(Mesh mesh, int user) {
    MeshCall call = mesh.open(TestRequest.get("http://orders/").header("x-user", "user-" + user));
    Attempt attempt = mesh.attempt(call);
    mesh.answer(call, attempt, 200, 1);
    return attempt.endpoint.uid;
  }

  /** One endpoint a version, so that its uid tells the version. */
  private static Mesh split(int percent, HashKey sticky) {
    Route.Builder route =
        new Route.Builder()
            .to(Destination.subset("v1", percent))
            .to(Destination.subset("v2", 100 - percent));
    route.sticky = sticky;
    ServicePolicy policy =
        new ServicePolicy.Builder()
            .route(route.build())
            .subset("v1", "version", "v1")
            .subset("v2", "version", "v2")
            .build();
    List<Endpoint> endpoints = new ArrayList<>();
    for (String version : new String[] {"v1", "v2"}) {
      endpoints.add(
          endpoint(
              version,
              Health.READY,
              1,
              "",
              Collections.singletonMap("http", 8080),
              Collections.singletonMap("version", version)));
    }
    Mesh mesh = Mesh.with();
    mesh.policy(policy, endpoints.toArray(new Endpoint[0]));
    return mesh;
  }
}
