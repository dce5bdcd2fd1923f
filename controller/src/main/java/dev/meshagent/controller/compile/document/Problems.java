package dev.meshagent.controller.compile.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.policy.Finding;
import dev.meshagent.controller.policy.Findings;
import dev.meshagent.controller.store.ResourceKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gathers what is to be said of one resource, each thing once. Not thread-safe. */
public final class Problems {
  private final ResourceKey key;
  private final Set<Finding> errors = new LinkedHashSet<>();
  private final Set<Finding> warnings = new LinkedHashSet<>();

  public Problems(ResourceKey key) {
    this.key = key;
  }

  /** Why the resource is refused: what is wrong at the path, and what to write instead. */
  public void error(String path, JsonNode value, String message) {
    errors.add(new Finding(key, path, value, message));
  }

  /** What holds but most likely is not meant. */
  public void warn(String path, JsonNode value, String message) {
    warnings.add(new Finding(key, path, value, message));
  }

  public ResourceKey key() {
    return key;
  }

  public Findings found() {
    return new Findings(List.copyOf(errors), List.copyOf(warnings));
  }
}
