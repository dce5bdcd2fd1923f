package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.compile.Effects;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Census;
import dev.meshagent.controller.write.Written;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Tells what a change, made or only tried, changes for services and their callers. Who is there is
 * taken down on the loop; what takes time is done elsewhere. Thread-safe.
 */
public final class EffectReport {
  /** Nobody waits longer for the answer of a change that is made. */
  private static final Duration WITHIN = Duration.ofSeconds(3);

  private final Loop loop;
  private final Census census;
  private final Duration within;

  public EffectReport(Loop loop, Census census) {
    this(loop, census, WITHIN);
  }

  EffectReport(Loop loop, Census census, Duration within) {
    this.loop = loop;
    this.census = census;
    this.within = within;
  }

  /**
   * The effects, as the answer of an apply has them; a {@link
   * java.util.concurrent.TimeoutException} if they are not known in time.
   *
   * @param aside where to compile
   */
  CompletableFuture<ArrayNode> of(Written written, Executor aside) {
    return CompletableFuture.supplyAsync(census::take, loop::execute)
        .thenApplyAsync(
            audience -> json(Effects.of(written.before(), written.after(), audience)), aside)
        .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ArrayNode json(List<Effects.Effect> effects) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Effects.Effect effect : effects) {
      ObjectNode node = all.addObject().put("service", effect.service().toString());
      ArrayNode what = node.putArray("what");
      effect.what().forEach(each -> what.add(each.text()));
      ArrayNode callers = node.putArray("callers");
      effect
          .callers()
          .forEach(
              (service, agents) ->
                  callers.addObject().put("service", service.toString()).put("agents", agents));
    }
    return all;
  }
}
