package dev.meshagent.controller.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.representer.Representer;

/** YAML as text, with the meaning that kubectl gives it. Stateless. */
public final class YamlText {
  /** Of lists and mappings; text in common is what anchors are for, not whole trees. */
  private static final int ALIASES = 100;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private YamlText() {}

  /**
   * All documents of a stream, empty ones left out.
   *
   * @throws MalformedDocument if it is no YAML or exceeds {@link Bounds}
   */
  public static List<JsonNode> readAll(byte[] text) throws MalformedDocument {
    if (text.length > Bounds.BYTES) {
      throw new MalformedDocument("longer than " + Bounds.BYTES + " bytes");
    }
    String characters;
    try {
      characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedDocument("not read as YAML: it is not UTF-8", e);
    }
    try {
      Yaml yaml = yaml();
      count(yaml.parse(new StringReader(characters)));
      YamlTree tree = new YamlTree();
      List<JsonNode> documents = new ArrayList<>();
      for (Node node : yaml.composeAll(new StringReader(characters))) {
        JsonNode document = tree.json(node);
        JsonText.requireText(document);
        if (!document.isNull()) {
          documents.add(document);
        }
      }
      return documents;
    } catch (MarkedYAMLException e) {
      throw new MalformedDocument(
          "not read as YAML"
              + (e.getProblemMark() == null
                  ? ""
                  : " at line "
                      + (e.getProblemMark().getLine() + 1)
                      + ", column "
                      + (e.getProblemMark().getColumn() + 1))
              + ": "
              + e.getProblem(),
          e);
    } catch (YAMLException e) {
      throw new MalformedDocument("not read as YAML: " + e.getMessage(), e);
    }
  }

  /** Before any of it is kept: nodes cost a hundred times what the text does. */
  private static void count(Iterable<Event> events) throws MalformedDocument {
    int count = 0;
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent) {
        depth++;
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
      if (++count > Bounds.TOKENS) {
        throw tooLarge("more than " + Bounds.TOKENS + " values; send it in parts", event);
      }
      if (depth > Bounds.DEPTH) {
        throw tooLarge("nested deeper than " + Bounds.DEPTH, event);
      }
    }
  }

  private static MalformedDocument tooLarge(String why, Event at) {
    return new MalformedDocument(
        "not read as YAML at line " + (at.getStartMark().getLine() + 1) + ": " + why);
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Bounds.BYTES);
    options.setNestingDepthLimit(Bounds.DEPTH);
    options.setMaxAliasesForCollections(ALIASES);
    options.setAllowDuplicateKeys(false);
    DumperOptions dump = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options),
        new Representer(dump),
        dump,
        options,
        new YamlScalars.PlainScalars());
  }

  /** One document, in block style. */
  public static byte[] write(JsonNode node) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setIndicatorIndent(0);
    options.setSplitLines(false);
    return new Yaml(options)
        .dump(MAPPER.convertValue(node, Object.class))
        .getBytes(StandardCharsets.UTF_8);
  }
}
