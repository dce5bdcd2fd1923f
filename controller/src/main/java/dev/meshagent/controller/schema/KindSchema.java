package dev.meshagent.controller.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * The form of one kind: OpenAPI v3, structural, every reference in place. Immutable and shared.
 *
 * <p>Beside what OpenAPI and Kubernetes have, a schema says with {@code x-mesh-refused} why a field
 * (or, at the root, the kind) is not obeyed, with {@code x-mesh-refused-values} why a value is not,
 * with {@code x-mesh-one-of} which fields exclude each other, with {@code x-mesh-union} which field
 * goes with which value of another, with {@code x-mesh-form} what a pattern means, and with {@code
 * x-mesh-columns} what a table shows.
 */
public final class KindSchema {
  private static final Map<Kind, KindSchema> ALL = load();

  private final Kind kind;
  private final ObjectNode root;
  private final StandardRules rules;

  private KindSchema(Kind kind, ObjectNode root) {
    this.kind = kind;
    this.root = root;
    this.rules = new StandardRules(root);
  }

  public static KindSchema of(Kind kind) {
    return ALL.get(kind);
  }

  private static Map<Kind, KindSchema> load() {
    SchemaFiles files = new SchemaFiles();
    Map<Kind, KindSchema> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      ObjectNode root = files.resolved(kind.kind);
      ObjectNode properties = root.withObject("/properties");
      properties.putObject("apiVersion").put("type", "string");
      properties.putObject("kind").put("type", "string");
      properties.set("metadata", files.shared("common#/Metadata"));
      properties.set("status", files.shared("common#/Status"));
      root.put("type", "object");
      all.put(kind, new KindSchema(kind, root));
    }
    return all;
  }

  public Kind kind() {
    return kind;
  }

  /** The whole schema; not to be changed. */
  public ObjectNode root() {
    return root;
  }

  /**
   * Brings a document into form and says what is wrong with it.
   *
   * @param document changed in place: fields that are null or unknown are gone, defaults are set
   */
  public FormReport form(ObjectNode document) {
    Structure structure = new Structure();
    structure.walk(root, document, "");
    structure.addAll(rules.errors(document, structure.paths()));
    return structure.report();
  }
}
