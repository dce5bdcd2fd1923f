package dev.meshagent.engine.property;

import static dev.meshagent.engine.Mesh.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.Mesh;
import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** No algorithm picks what is ejected while something healthy is left, and not all are ejected. */
class EjectionProperties {

  @Property(tries = 60)
  void nobodyPicksAnEjectedEndpointWhileAHealthyOneIsLeft(
      @ForAll Algorithm algorithm,
      @ForAll @IntRange(min = 2, max = 8) int count,
      @ForAll long seed) {
    Random random = new Random(seed);
    Mesh mesh = Mesh.with();
    Endpoint[] endpoints = new Endpoint[count];
    for (int i = 0; i < count; i++) {
      endpoints[i] = endpoint("u" + i);
    }
    mesh.policy(
        new ServicePolicy.Builder()
            .traffic(
                TrafficPolicy.balancing(
                    BalancePolicy.of(algorithm)
                        .hashing(new HashKey(HashKey.Source.HEADER, "x-user"))))
            .build(),
        endpoints);
    boolean[] broken = new boolean[count];
    for (int i = 0; i < 400; i++) {
      if (random.nextInt(40) == 0) {
        broken[random.nextInt(count)] = random.nextBoolean();
      }
      mesh.clock.advance(random.nextInt(500), TimeUnit.MILLISECONDS);
      Set<String> ejected =
          mesh.engine.takeInterval().endpoints.stream()
              .filter(each -> each.ejected)
              .map((IntervalReport.EndpointInterval each) -> each.uid)
              .collect(Collectors.toSet());
      assertThat(ejected).hasSizeLessThanOrEqualTo(count / 2);
      MeshCall call =
          mesh.open(TestRequest.post("http://orders/").header("x-user", "u" + random.nextInt(50)));
      Attempt attempt = mesh.attempt(call);
      assertThat(ejected).doesNotContain(attempt.endpoint.uid);
      boolean fails = broken[attempt.endpoint.uid.charAt(1) - '0'];
      mesh.answer(call, attempt, fails ? 503 : 200, 1);
    }
  }
}
