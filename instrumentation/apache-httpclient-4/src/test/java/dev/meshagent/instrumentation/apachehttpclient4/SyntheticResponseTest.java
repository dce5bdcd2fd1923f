package dev.meshagent.instrumentation.apachehttpclient4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyntheticResponseTest {
  @Test
  void itHasThePhraseOfItsStatusAlsoWhereTheLibraryKnowsNone() {
    assertThat(phrase(418)).isEqualTo("I'm a teapot");
    assertThat(phrase(429)).isEqualTo("Too Many Requests");
    assertThat(phrase(599)).isEmpty();
  }

  private static String phrase(int status) {
    return SyntheticResponse.of(new Step.Respond(status, Map.of(), new byte[0]), "GET")
        .getStatusLine()
        .getReasonPhrase();
  }
}
