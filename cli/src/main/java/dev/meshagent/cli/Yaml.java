package dev.meshagent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;

/** Writes trees as YAML. Stateless. */
final class Yaml {
  private Yaml() {}

  static String of(JsonNode document) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    Object plain = Remote.JSON.convertValue(document, Object.class);
    return new org.yaml.snakeyaml.Yaml(options).dump(plain == null ? Map.of() : plain);
  }
}
