package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.compile.Meaning;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Census;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.store.journal.MemoryJournal;
import dev.meshagent.controller.write.History;
import dev.meshagent.controller.write.ResourceWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A change whose effects cannot be found in time, because the loop does not come to it. */
@Timeout(180)
final class EffectsInTimeTest {
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
  private static final String PATH = "/mesh/v1/apply";
  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: a}
      spec: {host: a}
      """;

  private final ResourceVersions versions = ResourceVersions.inMemory(1);
  private final JournaledStore store = new JournaledStore(new MemoryJournal(), versions, () -> NOW);
  private final VirtualLoop stuck = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(stuck, ControllerSettings.LEASE.toNanos(), versions);
  private final WriteQueue queue = new WriteQueue();
  private final ChangeApi changes =
      new ChangeApi(
          new ResourceWriter(store, new Catalog(store, versions), new Meaning(List::of), () -> NOW),
          new History(store),
          queue,
          new EffectReport(
              stuck,
              new Census(new Directory(stuck, registry, "e1"), registry),
              Duration.ofMillis(1)));

  EffectsInTimeTest() throws StoreFailure {}

  @AfterEach
  void stop() {
    queue.close();
  }

  private static HttpRequest request() {
    return HttpRequest.of(HttpMethod.POST, PATH, MediaType.parse("application/yaml"), RULE);
  }

  private AggregatedHttpResponse apply(ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    ServerBuilder builder = Server.builder();
    changes.addTo(builder);
    return builder.build().serviceConfigs().stream()
        .filter(config -> config.route().patternString().equals(PATH))
        .findFirst()
        .orElseThrow()
        .service()
        .serve(ctx, request)
        .aggregate()
        .join();
  }

  @Test
  void theChangeIsAnsweredWithAWarningInTheirPlace() throws Exception {
    HttpRequest request = request();
    AggregatedHttpResponse answer = apply(ServiceRequestContext.of(request), request);
    assertThat(answer.status()).isEqualTo(HttpStatus.OK);
    assertThat(answer.contentUtf8())
        .contains(
            "what this changes for callers could not be told: the controller has too much to do");
    assertThat(store.version()).isPositive();
  }

  @Test
  void aChangeWhoseTurnComesAfterItsTimeIsNotMade() {
    List<String> made = new ArrayList<>();
    HttpRequest late = request();
    submit(ServiceRequestContext.builder(late).timedOut(true).build(), late, made, "late");
    HttpRequest request = request();
    submit(ServiceRequestContext.of(request), request, made, "in time").aggregate().join();
    assertThat(made).containsExactly("in time");
  }

  private HttpResponse submit(
      ServiceRequestContext ctx, HttpRequest request, List<String> made, String name) {
    return queue.submit(
        ctx,
        request,
        body -> {
          made.add(name);
          return HttpResponse.of(HttpStatus.OK);
        });
  }
}
