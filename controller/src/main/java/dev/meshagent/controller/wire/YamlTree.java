package dev.meshagent.controller.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes the trees of one YAML stream into JSON, aliases spelt out, and counts what that costs: a
 * few lines of aliases within aliases can stand for a billion values. For one thread.
 */
final class YamlTree {
  private int left = Bounds.TOKENS;

  JsonNode json(Node node) throws MalformedDocument {
    return json(node, 0);
  }

  private JsonNode json(Node node, int depth) throws MalformedDocument {
    if (--left < 0) {
      throw malformed(
          node, "with its aliases spelt out it has more than " + Bounds.TOKENS + " values");
    }
    if (depth > Bounds.DEPTH) {
      throw malformed(node, "nested deeper than " + Bounds.DEPTH);
    }
    if (node instanceof CollectionNode<?>
        && !node.getTag().equals(Tag.MAP)
        && !node.getTag().equals(Tag.SEQ)) {
      throw malformed(node, "JSON has nothing like " + node.getTag());
    }
    if (node instanceof MappingNode mapping) {
      return mapping(mapping, depth);
    }
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (Node item : sequence.getValue()) {
        array.add(json(item, depth + 1));
      }
      return array;
    }
    ScalarNode scalar = (ScalarNode) node;
    return YamlScalars.json(scalar)
        .orElseThrow(
            () ->
                malformed(node, "JSON has nothing like " + scalar.getTag() + " " + shown(scalar)));
  }

  private ObjectNode mapping(MappingNode mapping, int depth) throws MalformedDocument {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Set<String> own = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        String key = key(tuple.getKeyNode());
        if (!own.add(key)) {
          throw malformed(tuple.getKeyNode(), "'" + key + "' is there twice");
        }
        object.set(key, json(tuple.getValueNode(), depth + 1));
      }
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        merge(object, tuple.getValueNode(), depth);
      }
    }
    return object;
  }

  /** What is merged in gives way to what is there, and the later to the earlier. */
  private void merge(ObjectNode into, Node node, int depth) throws MalformedDocument {
    List<Node> sources = node instanceof SequenceNode list ? list.getValue() : List.of(node);
    for (Node source : sources) {
      if (!(json(source, depth + 1) instanceof ObjectNode merged)) {
        throw malformed(source, "<< takes a mapping or a list of mappings");
      }
      merged
          .properties()
          .forEach(
              field -> {
                if (!into.has(field.getKey())) {
                  into.set(field.getKey(), field.getValue());
                }
              });
    }
  }

  private static String key(Node node) throws MalformedDocument {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw malformed(node, "a key has to be a text");
  }

  private static String shown(ScalarNode scalar) {
    String text = scalar.getValue();
    return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
  }

  private static MalformedDocument malformed(Node node, String why) {
    return new MalformedDocument(
        "not read as YAML at line "
            + (node.getStartMark().getLine() + 1)
            + ", column "
            + (node.getStartMark().getColumn() + 1)
            + ": "
            + why);
  }
}
