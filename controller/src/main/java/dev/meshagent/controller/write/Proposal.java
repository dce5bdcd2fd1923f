package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.ownership.ApplyConflict;
import dev.meshagent.controller.ownership.Ownership;
import dev.meshagent.controller.patch.JsonPatch;
import dev.meshagent.controller.patch.MergePatch;
import dev.meshagent.controller.patch.PatchFailure;
import dev.meshagent.controller.patch.StrategicMerge;
import dev.meshagent.controller.schema.FieldError;
import dev.meshagent.controller.schema.FormReport;
import dev.meshagent.controller.schema.KindSchema;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The document that a wish comes to, from what is shown now: computed, brought into form, judged by
 * its schema, and given what the server keeps (uid, generation, owners of fields). For one wish.
 */
final class Proposal {
  private final ResourceKey key;
  private final Kind kind;
  private final Optional<ObjectNode> live;
  private final WriteOptions options;
  private final String time;
  private final List<String> warnings;
  private final Optional<Resource> stored;

  /**
   * @param live as it is shown; empty if it is not there
   * @param stored as it was written; empty if live workloads alone make it, or it is not there
   * @param time in RFC 3339
   * @param warnings gathers what to tell who asked
   */
  Proposal(
      ResourceKey key,
      Optional<ObjectNode> live,
      Optional<Resource> stored,
      WriteOptions options,
      String time,
      List<String> warnings) {
    this.key = key;
    this.kind = key.kind();
    this.live = live;
    this.stored = stored;
    this.options = options;
    this.time = time;
    this.warnings = warnings;
  }

  /**
   * What the resource is to be; empty if it is to go.
   *
   * @throws Rejection if that cannot be
   */
  Optional<ObjectNode> document(Wish wish) throws Rejection {
    if (wish instanceof Wish.Create create) {
      if (stored.isPresent() || (live.isPresent() && kind == Kind.WORKLOAD_ENTRY)) {
        throw Rejection.alreadyExists(kind, key.name());
      }
      return Optional.of(updated(create.document().deepCopy()));
    }
    if (wish instanceof Wish.Apply apply) {
      return Optional.of(applied(apply));
    }
    if (wish instanceof Wish.Put put) {
      return Optional.of(updated(put.document().deepCopy()));
    }
    ObjectNode there = live.orElseThrow(() -> Rejection.notFound(kind, key.name()));
    if (wish instanceof Wish.Replace replace) {
      return Optional.of(updated(replace.document().deepCopy()));
    }
    if (wish instanceof Wish.Patch patch) {
      return Optional.of(updated(patched(there, patch)));
    }
    Wish.Delete delete = (Wish.Delete) wish;
    sameUid(delete.uid());
    sameVersion(delete.resourceVersion());
    return Optional.empty();
  }

  private ObjectNode updated(ObjectNode fresh) throws Rejection {
    check(fresh);
    form(fresh);
    keep(fresh);
    return new Ownership(KindSchema.of(kind)).update(live, fresh, options.manager(), time);
  }

  private ObjectNode applied(Wish.Apply apply) throws Rejection {
    ObjectNode configuration = apply.configuration().deepCopy();
    if (!configuration.at("/metadata/managedFields").isMissingNode()) {
      throw Rejection.badRequest("metadata.managedFields must be nil");
    }
    check(configuration);
    configuration.remove("status");
    // Fields that are null or unknown have no owner.
    ObjectNode bare = configuration.deepCopy();
    FormReport report = KindSchema.of(kind).form(bare);
    unknown(report);
    prune(configuration, bare);
    ObjectNode fresh;
    try {
      fresh =
          new Ownership(KindSchema.of(kind))
              .apply(live, configuration, options.manager(), apply.force(), time);
    } catch (ApplyConflict e) {
      throw Rejection.conflict(
          kind,
          key.name(),
          e.getMessage(),
          e.fields().stream()
              .map(
                  field ->
                      new Rejection.Cause(
                          "FieldManagerConflict",
                          "conflict with \"" + field.manager() + "\" using " + field.operation(),
                          field.path()))
              .toList());
    }
    form(fresh);
    keep(fresh);
    return fresh;
  }

  /** Takes out of a document what is not in its brought-into-form copy. */
  private static void prune(JsonNode document, JsonNode formed) {
    if (document instanceof ObjectNode object && formed.isObject()) {
      object.properties().removeIf(field -> !formed.has(field.getKey()));
      object.properties().forEach(field -> prune(field.getValue(), formed.get(field.getKey())));
    } else if (document.isArray() && formed.isArray()) {
      for (int i = 0; i < document.size(); i++) {
        prune(document.get(i), formed.path(i));
      }
    }
  }

  private ObjectNode patched(ObjectNode there, Wish.Patch patch) throws Rejection {
    JsonNode out;
    try {
      out =
          switch (patch.form()) {
            case JSON -> JsonPatch.apply(there, patch.patch());
            case MERGE -> MergePatch.apply(there, patch.patch());
            case STRATEGIC ->
                StrategicMerge.apply(KindSchema.of(kind).root(), there, patch.patch());
          };
    } catch (PatchFailure e) {
      throw Rejection.badRequest("the patch does not fit " + key + ": " + e.getMessage());
    }
    if (out instanceof ObjectNode object) {
      return object;
    }
    throw Rejection.badRequest("the patch leaves no object of " + key);
  }

  /** That it is the resource it says it is, at the version it says. */
  private void check(ObjectNode fresh) throws Rejection {
    JsonNode metadata = fresh.path("metadata");
    if (!metadata.isObject()) {
      fresh.putObject("metadata");
      metadata = fresh.path("metadata");
    }
    named("metadata.name", metadata.path("name"), key.name());
    named("metadata.namespace", metadata.path("namespace"), key.namespace());
    sameUid(metadata.path("uid").asText(""));
    sameVersion(metadata.path("resourceVersion").asText(""));
  }

  private static void named(String path, JsonNode given, String wanted) throws Rejection {
    if (!given.isMissingNode() && !given.isNull() && !given.asText().equals(wanted)) {
      throw Rejection.badRequest(
          path + ": " + given + " is not the one of the request, which is '" + wanted + "'");
    }
  }

  private void sameUid(String wanted) throws Rejection {
    String actual = live.map(there -> there.at("/metadata/uid").asText()).orElse("");
    if (!wanted.isEmpty() && !actual.equals(wanted)) {
      throw Rejection.conflict(
          kind,
          key.name(),
          "Precondition failed: UID in precondition: "
              + wanted
              + ", UID in object meta: "
              + actual);
    }
  }

  /** What has changed since is the status alone, which is not the writer's. */
  private void sameVersion(String wanted) throws Rejection {
    if (wanted.isEmpty() || wanted.equals("0")) {
      return;
    }
    long shown = live.map(there -> there.at("/metadata/resourceVersion").asLong()).orElse(0L);
    long written = stored.map(Resource::version).orElse(shown);
    long meant;
    try {
      meant = Long.parseLong(wanted);
    } catch (NumberFormatException e) {
      throw Rejection.badRequest(
          "metadata.resourceVersion: '" + wanted + "' is none; write the one that was read");
    }
    if (meant < written || meant > shown) {
      throw Rejection.conflict(
          kind,
          key.name(),
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
  }

  private void form(ObjectNode fresh) throws Rejection {
    KindSchema schema = KindSchema.of(kind);
    fresh.remove("status");
    FormReport report = schema.form(fresh);
    List<FieldError> errors = new ArrayList<>(report.errors());
    errors.addAll(MetadataRules.errors(key, fresh.path("metadata")));
    if (options.unknownFields() == UnknownFields.STRICT) {
      errors.addAll(report.unknown());
    }
    if (!errors.isEmpty()) {
      throw Rejection.invalid(kind, key.name(), errors.stream().map(Rejection.Cause::of).toList());
    }
    unknown(report);
  }

  private void unknown(FormReport report) throws Rejection {
    if (options.unknownFields() == UnknownFields.STRICT && !report.unknown().isEmpty()) {
      throw Rejection.invalid(
          kind, key.name(), report.unknown().stream().map(Rejection.Cause::of).toList());
    }
    if (options.unknownFields() == UnknownFields.WARN) {
      report.unknown().stream()
          .map(error -> key + ": " + error.text() + " It is left out.")
          .filter(warning -> !warnings.contains(warning))
          .forEach(warnings::add);
    }
  }

  /** What the server keeps, whatever the document says. */
  private void keep(ObjectNode fresh) {
    fresh.put("apiVersion", kind.apiVersion());
    fresh.put("kind", kind.kind);
    ObjectNode metadata = fresh.withObject("/metadata");
    JsonNode old = live.map(there -> there.path("metadata")).orElse(metadata.objectNode());
    metadata.put("name", key.name());
    if (kind.namespaced) {
      metadata.put("namespace", key.namespace());
    }
    metadata.put("uid", old.path("uid").asText(UUID.randomUUID().toString()));
    metadata.put("creationTimestamp", old.path("creationTimestamp").asText(time));
    metadata.remove(
        List.of(
            "resourceVersion",
            "generateName",
            "deletionTimestamp",
            "selfLink",
            "deletionGracePeriodSeconds"));
    long generation = old.path("generation").asLong();
    boolean same = live.isPresent() && essence(live.get()).equals(essence(fresh));
    metadata.put("generation", (int) (same && generation > 0 ? generation : generation + 1));
  }

  /** What the document asks for. */
  private static ObjectNode essence(ObjectNode document) {
    ObjectNode out = document.deepCopy();
    out.remove(List.of("metadata", "status", "apiVersion", "kind"));
    return out;
  }
}
