package dev.meshagent.controller.patch;

import static dev.meshagent.controller.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meshagent.controller.schema.KindSchema;
import dev.meshagent.controller.store.Kind;
import org.junit.jupiter.api.Test;

final class PatchTest {
  private static final JsonNode SERVICE = KindSchema.of(Kind.SERVICE).root();

  @Test
  void mergePatchesAsRfc7396Has() {
    assertThat(
            MergePatch.apply(
                tree("{a: {b: c, d: e}, x: [1]}"), tree("{a: {b: null, f: {g: null}}, x: [2, 3]}")))
        .isEqualTo(tree("{a: {d: e, f: {}}, x: [2, 3]}"));
    assertThat(MergePatch.apply(tree("[1]"), tree("{a: b}"))).isEqualTo(tree("{a: b}"));
  }

  @Test
  void jsonPatchesAsRfc6902Has() throws Exception {
    assertThat(
            JsonPatch.apply(
                tree("{a: [1, 2], b: {'x/y': 1}, c: 3}"),
                tree(
                    "- {op: test, path: /c, value: 3}",
                    "- {op: add, path: /a/1, value: 9}",
                    "- {op: add, path: /a/-, value: 7}",
                    "- {op: remove, path: /a/0}",
                    "- {op: replace, path: /b/x~1y, value: {q: r}}",
                    "- {op: move, from: /c, path: /b/c}",
                    "- {op: copy, from: /b, path: /d}")))
        .isEqualTo(tree("{a: [9, 2, 7], b: {'x/y': {q: r}, c: 3}, d: {'x/y': {q: r}, c: 3}}"));
    assertThat(JsonPatch.apply(tree("{a: 1}"), tree("[{op: replace, path: '', value: {b: 2}}]")))
        .isEqualTo(tree("{b: 2}"));
  }

  @Test
  void aJsonPatchThatDoesNotFitSaysWhichOperation() {
    for (String operation :
        new String[] {
          "{op: remove, path: /b}",
          "{op: replace, path: /b, value: 1}",
          "{op: add, path: /b/c, value: 1}",
          "{op: add, path: /a/c, value: 1}",
          "{op: add, path: /l/5, value: 1}",
          "{op: add, path: /l/x, value: 1}",
          "{op: add, path: /b}",
          "{op: add, path: b, value: 1}",
          "{op: add, value: 1}",
          "{op: move, from: /m, path: /m/n}",
          "{op: copy, from: /q, path: /m/n}",
          "{op: test, path: /a, value: 2}",
          "{op: paint, path: /a}",
          "{}"
        }) {
      assertThatThrownBy(
              () -> JsonPatch.apply(tree("{a: 1, l: [1], m: {n: 1}}"), tree("[" + operation + "]")))
          .as(operation)
          .isInstanceOf(PatchFailure.class)
          .hasMessageStartingWith("operation 0: ");
    }
    assertThatThrownBy(() -> JsonPatch.apply(tree("{}"), tree("{}")))
        .isInstanceOf(PatchFailure.class);
  }

  @Test
  void copiesThatDoubleTheDocumentEndSomewhere() {
    StringBuilder patch = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      patch.append("- {op: copy, from: '', path: /a").append(i).append("}\n");
    }
    assertThatThrownBy(() -> JsonPatch.apply(tree("{a: 1}"), tree(patch.toString())))
        .isInstanceOf(PatchFailure.class)
        .hasMessageContaining("copies more than");
  }

  @Test
  void listsWithAKeyAreMergedStrategically() throws Exception {
    assertThat(
            StrategicMerge.apply(
                SERVICE,
                tree(
                    "{spec: {ports: [{port: 80, name: http}, {port: 90, name: old}], selector: {a: b}}}"),
                tree(
                    "spec:",
                    "  $setElementOrder/ports: [{port: 100}, {port: 80}]",
                    "  ports: [{port: 80, targetPort: 8080}, {port: 90, $patch: delete}, {port: 100}]",
                    "  selector: {a: null, c: d}")))
        .isEqualTo(
            tree(
                "spec:",
                "  ports: [{port: 100}, {port: 80, name: http, targetPort: 8080}]",
                "  selector: {c: d}"));
    assertThat(
            StrategicMerge.apply(
                SERVICE,
                tree("{spec: {ports: [{port: 80}], selector: {a: b}}}"),
                tree(
                    "{spec: {ports: [{$patch: replace}, {port: 1}], selector: {$patch: replace, x: y}}}")))
        .isEqualTo(tree("{spec: {ports: [{port: 1}], selector: {x: y}}}"));
  }

  @Test
  void otherListsAreReplaced() throws Exception {
    assertThat(
            StrategicMerge.apply(
                SERVICE,
                tree("{spec: {clusterIPs: [a]}, metadata: {labels: {a: b}}}"),
                tree("{spec: {clusterIPs: [c]}, metadata: {$patch: delete}}")))
        .isEqualTo(tree("{spec: {clusterIPs: [c]}}"));
  }

  @Test
  void aDirectiveThatIsNoneIsRefused() {
    assertThatThrownBy(() -> StrategicMerge.apply(SERVICE, tree("{}"), tree("{$patch: paint}")))
        .isInstanceOf(PatchFailure.class);
    assertThatThrownBy(
            () -> StrategicMerge.apply(SERVICE, tree("{}"), tree("{spec: {ports: [{name: a}]}}")))
        .isInstanceOf(PatchFailure.class)
        .hasMessageContaining("port");
  }
}
