package dev.meshagent.controller.ownership;

import static dev.meshagent.controller.Trees.object;
import static dev.meshagent.controller.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.schema.KindSchema;
import dev.meshagent.controller.store.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OwnershipTest {
  private static final Ownership SERVICES = new Ownership(KindSchema.of(Kind.SERVICE));
  private static final Ownership RULES = new Ownership(KindSchema.of(Kind.DESTINATION_RULE));

  private static ObjectNode apply(
      Ownership kind, ObjectNode live, String manager, boolean force, String... lines)
      throws ApplyConflict {
    return kind.apply(Optional.ofNullable(live), object(lines), manager, force, "now");
  }

  private static ObjectNode bare(ObjectNode document) {
    ObjectNode out = document.deepCopy();
    out.withObject("/metadata").remove("managedFields");
    return out;
  }

  @Test
  void twoManagersShareAListByItsKeys() throws Exception {
    ObjectNode first =
        apply(
            SERVICES,
            null,
            "ann",
            false,
            "metadata: {name: a}",
            "spec: {ports: [{port: 80, protocol: TCP, targetPort: http}]}");
    ObjectNode second =
        apply(
            SERVICES,
            first,
            "bob",
            false,
            "metadata: {name: a}",
            "spec: {ports: [{port: 90, name: admin}]}");
    assertThat(bare(second))
        .isEqualTo(
            tree(
                "metadata: {name: a}",
                "spec:",
                "  ports:",
                "  - {port: 80, protocol: TCP, targetPort: http}",
                "  - {port: 90, name: admin}"));
    ObjectNode third =
        apply(SERVICES, second, "bob", false, "metadata: {name: a}", "spec: {type: ClusterIP}");
    assertThat(bare(third))
        .isEqualTo(
            tree(
                "metadata: {name: a}",
                "spec: {ports: [{port: 80, protocol: TCP, targetPort: http}], type: ClusterIP}"));
  }

  @Test
  void changingWhatAnotherAppliedIsAConflictThatForceTakes() throws Exception {
    ObjectNode live =
        apply(RULES, null, "ann", false, "metadata: {labels: {a: x}}", "spec: {host: orders}");
    assertThatThrownBy(
            () ->
                apply(
                    RULES, live, "bob", false, "metadata: {labels: {a: y}}", "spec: {host: users}"))
        .isInstanceOfSatisfying(
            ApplyConflict.class,
            conflict ->
                assertThat(conflict.fields())
                    .containsExactlyInAnyOrder(
                        new ApplyConflict.Field("ann", "Apply", ".metadata.labels.a"),
                        new ApplyConflict.Field("ann", "Apply", ".spec.host")))
        .hasMessage(
            "Apply failed with 2 conflicts: conflict with \"ann\" using Apply:"
                + " .metadata.labels.a, conflict with \"ann\" using Apply: .spec.host");
    ObjectNode taken = apply(RULES, live, "bob", true, "spec: {host: users}");
    assertThat(taken.at("/spec/host").asText()).isEqualTo("users");
    // Ann left only the label behind: what she no longer owns stays when she leaves it out.
    ObjectNode left = apply(RULES, taken, "ann", false, "spec: {}");
    assertThat(left.at("/spec/host").asText()).isEqualTo("users");
    assertThat(left.at("/metadata/labels").isMissingNode()).isTrue();
  }

  @Test
  void theSameValueIsSharedAndStaysUntilTheLastLeavesItOut() throws Exception {
    ObjectNode one = apply(RULES, null, "ann", false, "spec: {host: orders, exportTo: ['.']}");
    ObjectNode both = apply(RULES, one, "bob", false, "spec: {host: orders, exportTo: ['.']}");
    ObjectNode bobs = apply(RULES, both, "ann", false, "spec: {host: orders}");
    assertThat(bobs.at("/spec/exportTo")).hasSize(1);
    ObjectNode nobodys = apply(RULES, bobs, "bob", false, "spec: {host: orders}");
    assertThat(nobodys.at("/spec/exportTo").isMissingNode()).isTrue();
  }

  @Test
  void anUpdateOwnsWhatItChangedAndTakesItFromWhoApplied() throws Exception {
    ObjectNode live =
        apply(
            RULES,
            null,
            "ann",
            false,
            "spec: {host: orders, subsets: [{name: v1, labels: {version: v1}}]}");
    ObjectNode fresh = live.deepCopy();
    ((ObjectNode) fresh.at("/spec/subsets/0/labels")).put("version", "v2");
    ObjectNode updated = RULES.update(Optional.of(live), fresh, "bob", "later");
    assertThat(updated.at("/metadata/managedFields")).hasSize(2);
    assertThat(updated.at("/metadata/managedFields/1/fieldsV1"))
        .isEqualTo(
            tree(
                "{'f:spec': {'f:subsets': {'k:{\"name\":\"v1\"}': {'f:labels': {'f:version':"
                    + " {}}}}}}"));
    assertThatThrownBy(
            () ->
                apply(
                    RULES,
                    updated,
                    "ann",
                    false,
                    "spec: {host: orders, subsets: [{name: v1, labels: {version: v1}}]}"))
        .hasMessageContaining(
            "conflict with \"bob\" using Update: .spec.subsets[name=v1].labels.version");
    // Bob owns a field of the item, so the item stays with what names it.
    ObjectNode left = apply(RULES, updated, "ann", false, "spec: {host: orders}");
    assertThat(left.at("/spec/subsets")).isEqualTo(tree("[{name: v1, labels: {version: v2}}]"));
  }

  @Test
  void whatAnUpdateTakesAwayIsNobodys() throws Exception {
    ObjectNode live =
        apply(RULES, null, "ann", false, "spec: {host: orders, subsets: [{name: v1}]}");
    ObjectNode fresh = live.deepCopy();
    fresh.withObject("/spec").remove("subsets");
    ObjectNode updated = RULES.update(Optional.of(live), fresh, "bob", "later");
    assertThat(updated.at("/metadata/managedFields")).hasSize(1);
    assertThat(updated.at("/metadata/managedFields/0/fieldsV1"))
        .isEqualTo(tree("{'f:spec': {'f:host': {}}}"));
  }

  @Test
  void applyingTheSameAgainChangesNothing() throws Exception {
    String[] lines = {
      "metadata: {name: a, annotations: {x: y}}", "spec: {host: orders, subsets: [{name: v1}]}"
    };
    ObjectNode live = apply(RULES, null, "ann", false, lines);
    ObjectNode again = RULES.apply(Optional.of(live), object(lines), "ann", false, "later");
    assertThat(again).isEqualTo(live);
  }

  @Test
  void aWholeListHasOneOwner() throws Exception {
    Ownership routes = new Ownership(KindSchema.of(Kind.VIRTUAL_SERVICE));
    ObjectNode live =
        apply(routes, null, "ann", false, "spec: {hosts: [a], http: [{timeout: 1s}]}");
    assertThatThrownBy(() -> apply(routes, live, "bob", false, "spec: {http: [{timeout: 2s}]}"))
        .hasMessageContaining("conflict with \"ann\" using Apply: .spec.http");
  }
}
