package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.compile.Effects;
import dev.meshagent.controller.loop.Loop;
import dev.meshagent.controller.push.Census;
import dev.meshagent.controller.write.Written;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Tells what a change, made or only tried, changes for services and their callers. Who is there is
 * taken down on the loop; what takes time is done elsewhere. Thread-safe.
 */
public final class EffectReport {
  private final Loop loop;
  private final Census census;

  public EffectReport(Loop loop, Census census) {
    this.loop = loop;
    this.census = census;
  }

  /**
   * The effects, as the answer of an apply has them.
   *
   * @param aside where to compile
   */
  CompletableFuture<ArrayNode> of(Written written, Executor aside) {
    return CompletableFuture.supplyAsync(census::take, loop::execute)
        .thenApplyAsync(
            audience -> json(Effects.of(written.before(), written.after(), audience)), aside);
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
