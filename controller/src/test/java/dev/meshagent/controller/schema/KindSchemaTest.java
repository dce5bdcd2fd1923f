package dev.meshagent.controller.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.wire.MalformedDocument;
import dev.meshagent.controller.wire.YamlText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KindSchemaTest {
  private static final Set<String> WORDS =
      Set.of(
          "type",
          "description",
          "properties",
          "additionalProperties",
          "items",
          "required",
          "enum",
          "default",
          "minimum",
          "maximum",
          "minLength",
          "maxLength",
          "minItems",
          "maxItems",
          "maxProperties",
          "pattern");

  private static ObjectNode yaml(String... lines) {
    try {
      return (ObjectNode)
          YamlText.readAll(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)).get(0);
    } catch (MalformedDocument e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> errors(Kind kind, String... lines) {
    return KindSchema.of(kind).form(yaml(lines)).errors().stream().map(FieldError::text).toList();
  }

  private static List<String> unknown(Kind kind, String... lines) {
    return KindSchema.of(kind).form(yaml(lines)).unknown().stream().map(FieldError::text).toList();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyKindHasASchemaThatSaysWhatItIs(Kind kind) {
    ObjectNode root = KindSchema.of(kind).root();
    assertThat(root.path("description").asText()).endsWith(".");
    assertThat(root.at("/properties/spec/type").asText()).isEqualTo("object");
    assertThat(root.findValues("$ref")).isEmpty();
    onlyKnownWords(root, kind.kind);
  }

  /** A comma that is not quoted, in YAML, makes half a sentence a keyword. */
  private static void onlyKnownWords(JsonNode schema, String path) {
    schema
        .properties()
        .forEach(
            word -> {
              if (!word.getKey().startsWith("x-")) {
                assertThat(WORDS).as(path).contains(word.getKey());
              }
              assertThat(word.getValue().isNull()).as(path + " " + word.getKey()).isFalse();
            });
    schema
        .path("properties")
        .properties()
        .forEach(field -> onlyKnownWords(field.getValue(), path + "." + field.getKey()));
    if (schema.path("additionalProperties").isObject()) {
      onlyKnownWords(schema.path("additionalProperties"), path + ".*");
    }
    if (schema.has("items")) {
      onlyKnownWords(schema.path("items"), path + "[]");
    }
  }

  @Test
  void anOrdinaryVirtualServiceIsInForm() {
    String[] lines = {
      "spec:",
      "  hosts: [orders]",
      "  http:",
      "  - match: [{headers: {end-user: {exact: jason}}, uri: {prefix: /v2}}]",
      "    route: [{destination: {host: orders, subset: v2, port: {number: 80}}, weight: 10}]",
      "    timeout: 1.5s",
      "    retries: {attempts: 3, perTryTimeout: 250ms, retryOn: 'gateway-error,503'}",
      "    fault: {abort: {httpStatus: 503, percentage: {value: 0.1}}}"
    };
    assertThat(errors(Kind.VIRTUAL_SERVICE, lines)).isEmpty();
    assertThat(unknown(Kind.VIRTUAL_SERVICE, lines)).isEmpty();
  }

  @Test
  void whatIsWrongIsNamedByPathValueAndRemedy() {
    assertThat(
            errors(
                Kind.VIRTUAL_SERVICE,
                "spec:",
                "  hosts: []",
                "  http:",
                "  - route:",
                "    - destination: {host: orders}",
                "    - destination: {subset: v1}",
                "      weight: -3",
                "    timeout: soon",
                "    match: [{port: '80', method: {exact: GET, regex: P.*}}]"))
        .containsExactlyInAnyOrder(
            "spec.hosts: needs at least 1 items",
            "spec.http[0].route[1].destination.host: has to be there",
            "spec.http[0].route[1].weight: -3: has to be at least 0",
            "spec.http[0].timeout: \"soon\": has to be a duration such as 5s, 250ms or 1m30s",
            "spec.http[0].match[0].port: \"80\": has to be of type integer",
            "spec.http[0].match[0].method.regex: excludes exact; write at most one of exact, prefix,"
                + " regex");
    assertThat(errors(Kind.DESTINATION_RULE, "spec: {host: a, trafficPolicy: {tls: {mode: ON}}}"))
        .containsExactly(
            "spec.trafficPolicy.tls.mode: true: has to be of type string",
            "spec.trafficPolicy.tls.mode: true: write one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL");
  }

  @Test
  void whatIsNotObeyedIsRefusedWithTheReasonAndTheRemedy() {
    assertThat(
            errors(
                Kind.VIRTUAL_SERVICE,
                "spec: {hosts: [a], tcp: [{}], http: [{route: [{destination: {host: a}}], corsPolicy: {}}]}"))
        .containsExactlyInAnyOrder(
            "spec.tcp: not obeyed: the mesh routes HTTP and gRPC; write http",
            "spec.http[0].corsPolicy: not obeyed: browsers do not call through the mesh; answer CORS"
                + " at the edge or in the application");
    assertThat(errors(Kind.SERVICE, "spec: {type: NodePort}"))
        .containsExactly(
            "spec.type: \"NodePort\": not obeyed: the mesh opens no ports on nodes; write ClusterIP");
    assertThat(errors(Kind.HTTP_ROUTE, "spec: {parentRefs: [{kind: Gateway, name: a}]}"))
        .singleElement()
        .asString()
        .startsWith("spec.parentRefs[0].kind: \"Gateway\": not obeyed: the mesh has no Gateway");
  }

  @Test
  void unknownFieldsAreFoundAtAnyDepthWithTheNearestName() {
    assertThat(
            unknown(
                Kind.VIRTUAL_SERVICE,
                "sepc: {}",
                "metadata: {naem: a}",
                "spec:",
                "  hosts: [a]",
                "  http: [{rute: [], route: [{destination: {host: a, port: {numbr: 1}}}]}]"))
        .containsExactlyInAnyOrder(
            "sepc: unknown field; did you mean spec?",
            "metadata.naem: unknown field; did you mean name?",
            "spec.http[0].rute: unknown field; did you mean route?",
            "spec.http[0].route[0].destination.port.numbr: unknown field; did you mean number?");
  }

  @Test
  void defaultsAreFilledInAndNullsTakenOut() {
    ObjectNode route =
        yaml("spec: {parentRefs: [{name: a, port: null}], rules: [{backendRefs: [{name: b}]}]}");
    assertThat(KindSchema.of(Kind.HTTP_ROUTE).form(route).errors()).isEmpty();
    assertThat(route)
        .isEqualTo(
            yaml(
                "spec:",
                "  parentRefs: [{name: a, group: '', kind: Service}]",
                "  rules:",
                "  - backendRefs: [{name: b, group: '', kind: Service, weight: 1}]",
                "    matches: [{path: {type: PathPrefix, value: /}}]"));
  }

  @Test
  void itemsOfAListThatIsAMapAreUnique() {
    assertThat(
            errors(
                Kind.SERVICE,
                "spec: {ports: [{port: 80}, {port: 81}, {port: 80, targetPort: http}]}"))
        .containsExactly("spec.ports[2]: another item has the same port 80, protocol \"TCP\"");
  }

  @Test
  void aFilterHasTheFieldThatItsTypeNames() {
    assertThat(
            errors(
                Kind.HTTP_ROUTE,
                "spec:",
                "  parentRefs: [{name: a}]",
                "  rules: [{filters: [{type: URLRewrite, requestRedirect: {port: 80}}]}]"))
        .containsExactly(
            "spec.rules[0].filters[0].requestRedirect: goes with type RequestRedirect alone",
            "spec.rules[0].filters[0].urlRewrite: type URLRewrite needs it");
  }

  @Test
  void whatNobodyEnforcesYetSaysSo() {
    assertThat(errors(Kind.PEER_AUTHENTICATION, "spec: {mtls: {mode: STRICT}}"))
        .singleElement()
        .asString()
        .startsWith("spec.mtls.mode: ")
        .contains("does not encrypt yet");
  }
}
