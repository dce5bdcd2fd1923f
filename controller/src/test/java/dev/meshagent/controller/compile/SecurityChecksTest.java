package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecurityChecksTest {
  private static List<String> errors(Kind kind, String spec) {
    return Mesh.with().add(kind, "shop", "a", spec).errors();
  }

  @Test
  void plaintextMayBePermittedButNotForbidden() {
    Kind kind = Kind.PEER_AUTHENTICATION;
    assertThat(errors(kind, "{}")).isEmpty();
    assertThat(errors(kind, "{mtls: {mode: 'DISABLE'}}")).isEmpty();
    String selector = "selector: {matchLabels: {app: 'a'}}, ";
    assertThat(errors(kind, "{" + selector + "portLevelMtls: {'8080': {mode: 'PERMISSIVE'}}}"))
        .isEmpty();
    assertThat(errors(kind, "{" + selector + "portLevelMtls: {'8080': {mode: 'STRICT'}}}"))
        .singleElement()
        .asString()
        .startsWith("spec.portLevelMtls[\"8080\"].mode: is STRICT");
    assertThat(errors(kind, "{portLevelMtls: {'8080': {}}}"))
        .singleElement()
        .asString()
        .contains("write a selector");
    assertThat(errors(kind, "{" + selector + "portLevelMtls: {http: {}}}"))
        .singleElement()
        .asString()
        .contains("no port");
  }

  @Test
  void authorizationThatKeepsNobodyOutIsTaken() {
    Kind kind = Kind.AUTHORIZATION_POLICY;
    assertThat(errors(kind, "{rules: [{to: [{operation: {methods: ['GET']}}]}, {}]}")).isEmpty();
    assertThat(errors(kind, "{action: 'DENY'}")).isEmpty();
    for (String keepsOut :
        List.of(
            "{}",
            "{rules: []}",
            "{rules: [{to: [{operation: {methods: ['GET']}}]}]}",
            "{action: 'DENY', rules: [{}]}")) {
      assertThat(errors(kind, keepsOut))
          .as(keepsOut)
          .singleElement()
          .asString()
          .startsWith("spec.rules: would")
          .contains("authorizes no calls");
    }
    assertThat(
            Mesh.with()
                .add(kind, "shop", "a", "{rules: [{}]}", Map.of("istio.io/dry-run", "true"))
                .errors())
        .singleElement()
        .asString()
        .contains("istio.io/dry-run");
  }

  @Test
  void tokensThatNobodyChecksAreNotAskedFor() {
    assertThat(errors(Kind.REQUEST_AUTHENTICATION, "{}")).isEmpty();
    assertThat(errors(Kind.REQUEST_AUTHENTICATION, "{jwtRules: [{issuer: 'a'}]}"))
        .singleElement()
        .asString()
        .startsWith("spec.jwtRules: would turn requests");
  }
}
