package dev.meshagent.controller.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class DocumentTextTest {
  private static List<JsonNode> yaml(String text) throws MalformedDocument {
    return YamlText.readAll(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(String text) throws MalformedDocument {
    return JsonText.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String yaml, String... words) {
    assertThatThrownBy(() -> yaml(yaml))
        .isInstanceOf(MalformedDocument.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void yamlMeansWhatItMeansToKubectl() throws Exception {
    assertThat(
            yaml(
                "{a: 1, b: '1', c: yes, d: 1.5, e: ~, f: 1:30, g: 2026-11-22, h: 0x1F, i: 1_000,"
                    + " j: 010, k: -7, l: 1e3, m: v1.0, n: y}"))
        .containsExactly(
            json(
                "{\"a\":1,\"b\":\"1\",\"c\":true,\"d\":1.5,\"e\":null,\"f\":\"1:30\","
                    + "\"g\":\"2026-11-22\",\"h\":31,\"i\":1000,\"j\":8,\"k\":-7,\"l\":1e3,"
                    + "\"m\":\"v1.0\",\"n\":\"y\"}"));
  }

  @Test
  void aStreamHasManyDocumentsAndEmptyOnesAreNone() throws Exception {
    assertThat(yaml("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n")).hasSize(2);
    assertThat(yaml("")).isEmpty();
  }

  @Test
  void aliasesAndMergesAreSpeltOut() throws Exception {
    assertThat(yaml("{a: &x {p: 1, q: 2}, b: {<<: *x, q: 3}, c: *x}"))
        .containsExactly(
            json("{\"a\":{\"p\":1,\"q\":2},\"b\":{\"q\":3,\"p\":1},\"c\":{\"p\":1,\"q\":2}}"));
  }

  @Test
  void aBombOfAliasesIsRefusedBeforeItIsSpeltOut() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String last = "*a" + (i - 1);
      bomb.append("a").append(i).append(": &a").append(i).append(" [");
      bomb.append(String.join(", ", List.of(last, last, last, last, last, last, last, last, last)));
      bomb.append("]\n");
    }
    refused(bomb.toString(), "aliases");
  }

  @Test
  void whatContainsItselfIsRefused() {
    refused("a: &a [*a]", "line 1");
  }

  @Test
  void deepNestingIsRefused() {
    refused("[".repeat(100_000), "nest");
    assertThatThrownBy(() -> json("[".repeat(100_000))).isInstanceOf(MalformedDocument.class);
    assertThatThrownBy(() -> json("{\"a\":".repeat(100_000))).isInstanceOf(MalformedDocument.class);
  }

  @Test
  void manySmallValuesAreRefused() {
    refused("- a\n".repeat(Bounds.TOKENS), "in parts");
    assertThatThrownBy(() -> json("[" + "1,".repeat(Bounds.TOKENS) + "1]"))
        .isInstanceOf(MalformedDocument.class);
  }

  @Test
  void duplicateKeysAreRefused() {
    refused("a: {b: 1, c: 2, b: 3}", "'b'", "line 1");
    assertThatThrownBy(() -> json("{\"a\":{\"b\":1,\"b\":2}}"))
        .isInstanceOf(MalformedDocument.class)
        .hasMessageContaining("'b'");
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    refused("a: !!binary aGk=", "JSON has nothing like");
    refused("a: !!java.net.URL [http://x]", "line 1");
    refused("a: !point {x: 1}", "line 1");
    refused("a: " + "9".repeat(1000), "JSON has nothing like");
    refused("a: !!bool perhaps", "JSON has nothing like");
    refused("{[a]: b}", "a key has to be a text");
    refused("a: \u0000", "YAML");
    refused("a: 'b", "YAML");
    refused("a: *nowhere", "YAML");
  }

  @Test
  void jsonThatIsNoneSaysWhere() {
    assertThatThrownBy(() -> json("{\n \"a\": }"))
        .isInstanceOf(MalformedDocument.class)
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> json("")).isInstanceOf(MalformedDocument.class);
    assertThatThrownBy(() -> json("{} {}")).isInstanceOf(MalformedDocument.class);
    assertThatThrownBy(() -> json("1" + "0".repeat(1000))).isInstanceOf(MalformedDocument.class);
  }

  @Test
  void whatIsWrittenAsYamlReadsTheSame() throws Exception {
    JsonNode document =
        json(
            "{\"a\":[1,2.5,\"1\",\"yes\",\"\",null,{\"b\":\"two\\nlines\"},{},[]],"
                + "\"t\":\"2026-11-22T00:00:00Z\",\"o\":\"010\",\"f\":\"1e3\",\"x\":true}");
    assertThat(YamlText.readAll(YamlText.write(document))).containsExactly(document);
  }
}
