package dev.meshagent.controller.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.store.ResourceKey;

/**
 * Something wrong, or doubtful, at one place of one resource.
 *
 * @param path of the field, such as {@code spec.http[0].route[1].weight}
 * @param value what stands there; a missing node where nothing does
 * @param message what is wrong with it and what to write instead
 */
public record Finding(ResourceKey key, String path, JsonNode value, String message) {}
