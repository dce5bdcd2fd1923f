package dev.meshagent.controller.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.Trees;
import dev.meshagent.controller.compile.Caller;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StatusFeedTest {
  private static final ServiceId ORDERS = new ServiceId("default", "orders");
  private static final ResourceKey RULE =
      new ResourceKey(Kind.VIRTUAL_SERVICE, "default", "orders");

  private final VirtualLoop loop = new VirtualLoop();
  private final Directory directory =
      new Directory(
          loop,
          new WorkloadRegistry(
              loop, Duration.ofSeconds(15).toNanos(), new AtomicLong(1)::getAndIncrement),
          "e1");
  private final CountingLoop looks = new CountingLoop(loop);
  private final List<Map<ResourceKey, ObjectNode>> published = new ArrayList<>();

  /** Counts what is to run later. */
  private static final class CountingLoop implements Loop {
    private final Loop loop;
    int scheduled;

    CountingLoop(Loop loop) {
      this.loop = loop;
    }

    @Override
    public long nanos() {
      return loop.nanos();
    }

    @Override
    public Instant now() {
      return loop.now();
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
      scheduled++;
      loop.schedule(task, delayNanos);
    }
  }

  private static PolicySet timeout(int seconds) {
    ObjectNode document =
        Trees.object(
            """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: orders, namespace: default, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  hosts: [orders]
                  http: [{timeout: %ds, route: [{destination: {host: orders}}]}]
                """
                .formatted(seconds));
    return PolicySet.of(List.of(new Resource(RULE, document, seconds)), seconds);
  }

  private String last() {
    return published.get(published.size() - 1).get(RULE).toString();
  }

  @Test
  void anAgentThatRefusesForGoodIsLookedAtEverMoreRarelyAndToldOfOnce() {
    StatusFeed feed = new StatusFeed(looks, directory, published::add, Runnable::run);
    directory.whenCompiled(feed::changed);
    directory.expect(ORDERS);
    Subscription agent =
        directory
            .subscribe(
                new Subscriber("c1", ORDERS, Vantage.ELSEWHERE, new Caller("default", Map.of())),
                ORDERS,
                "")
            .orElseThrow();
    directory.obey(timeout(5));
    agent.nextFrame(loop.nanos()).orElseThrow();
    agent.nacked("e1", agent.view().seq(), "policy", "cannot do that");
    loop.pass(Duration.ofSeconds(10));
    assertThat(last()).contains("c1 refused it: cannot do that");
    int tellings = published.size();
    looks.scheduled = 0;
    loop.pass(Duration.ofMinutes(1));
    assertThat(published).hasSize(tellings);
    assertThat(looks.scheduled).isLessThan(20);

    directory.obey(timeout(6));
    loop.pass(Duration.ofMillis(100));
    assertThat(published).as("a change is told at once").hasSize(tellings + 1);
    agent.nextFrame(loop.nanos()).orElseThrow();
    agent.acked("e1", agent.view().seq());
    loop.pass(Duration.ofMillis(200));
    assertThat(last()).contains("1 of 1 agents have taken version 6.");
    looks.scheduled = 0;
    loop.pass(Duration.ofMinutes(1));
    assertThat(looks.scheduled).as("everybody has taken it").isZero();
  }
}
