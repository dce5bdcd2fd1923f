package dev.meshagent.controller.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.ownership.ManagedFields.Who;
import dev.meshagent.controller.schema.KindSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the record of who owns which field of one kind's objects, and applies a manager's wishes by
 * it. Immutable; documents that are handed in are not changed.
 */
public final class Ownership {
  private final KindSchema kind;
  private final JsonNode schema;

  public Ownership(KindSchema kind) {
    this.kind = kind;
    this.schema = kind.root();
  }

  /**
   * The document after an apply: what the configuration says laid over what there is, without what
   * the manager applied before and leaves out now.
   *
   * @param live empty if the object is to be created
   * @param force takes fields from others instead of failing
   * @param time in RFC 3339
   * @throws ApplyConflict if fields that others own would change
   */
  public ObjectNode apply(
      Optional<ObjectNode> live,
      ObjectNode configuration,
      String manager,
      boolean force,
      String time)
      throws ApplyConflict {
    ObjectNode base = live.orElseGet(JsonNodeFactory.instance::objectNode);
    ManagedFields managed = ManagedFields.of(base.at("/metadata/managedFields"));
    Who who = new Who(manager, ManagedFields.APPLY);
    FieldSet wanted = Fields.in(schema, ManagedFields.ownable(configuration));
    FieldSet gone = managed.fields(who).minus(wanted);
    FieldSet kept = managed.ofOthers(who).union(wanted);
    JsonNode merged = Fields.merge(schema, base, configuration);
    JsonNode pruned = Fields.without(schema, merged, gone.minus(kept), kept);
    ObjectNode out =
        pruned instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();

    // A default that stands there is no change, though the configuration leaves it out.
    ObjectNode formed = out.deepCopy();
    kind.form(formed);
    FieldSet changed = new FieldSet();
    Fields.compare(
        schema,
        ManagedFields.ownable(base),
        ManagedFields.ownable(formed),
        changed,
        new FieldSet());
    List<ApplyConflict.Field> conflicts = conflicts(managed, who, changed);
    if (!conflicts.isEmpty() && !force) {
      throw new ApplyConflict(conflicts);
    }
    managed.takeFromOthers(who, changed);
    managed.set(who, wanted, configuration.path("apiVersion").asText(), time);
    return withManaged(out, managed);
  }

  private static List<ApplyConflict.Field> conflicts(
      ManagedFields managed, Who who, FieldSet changed) {
    List<ApplyConflict.Field> conflicts = new ArrayList<>();
    for (Map.Entry<Who, ManagedFields.Part> other : managed.parts().entrySet()) {
      if (!other.getKey().equals(who)) {
        List<String> paths = new ArrayList<>();
        other.getValue().fields().intersection(changed).paths("", paths);
        paths.forEach(
            path ->
                conflicts.add(
                    new ApplyConflict.Field(
                        other.getKey().manager(), other.getKey().operation(), path)));
      }
    }
    return conflicts;
  }

  /**
   * The document with the record of an update: what it changed is the manager's, and what it took
   * away is nobody's.
   *
   * @param live empty if the object is created
   * @param fresh what it is to be; a record in it takes the place of the live one's
   */
  public ObjectNode update(
      Optional<ObjectNode> live, ObjectNode fresh, String manager, String time) {
    ObjectNode base = live.orElseGet(JsonNodeFactory.instance::objectNode);
    JsonNode given = fresh.at("/metadata/managedFields");
    JsonNode record = given.isMissingNode() ? base.at("/metadata/managedFields") : given;
    ManagedFields managed = ManagedFields.of(record);
    FieldSet changed = new FieldSet();
    FieldSet removed = new FieldSet();
    Fields.compare(
        schema, ManagedFields.ownable(base), ManagedFields.ownable(fresh), changed, removed);
    Who who = new Who(manager, ManagedFields.UPDATE);
    managed.takeFromOthers(who, changed.union(removed));
    managed.set(
        who,
        managed.fields(who).union(changed).minus(removed),
        fresh.path("apiVersion").asText(),
        time);
    return withManaged(fresh.deepCopy(), managed);
  }

  private static ObjectNode withManaged(ObjectNode document, ManagedFields managed) {
    ObjectNode metadata = document.withObject("/metadata");
    ArrayNode entries = managed.json();
    if (entries.isEmpty()) {
      metadata.remove("managedFields");
    } else {
      metadata.set("managedFields", entries);
    }
    return document;
  }
}
