package dev.meshagent.instrumentation.httpurlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import dev.meshagent.scripted.Weaving;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** What every adapter makes of each step, over HttpURLConnection. */
class StepsTest extends BlockingBehaviours {
  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new HttpUrlConnectionModule());
    Weaving.suppressed().clear();
  }

  @AfterEach
  void noAdviceThrew() {
    assertThat(Weaving.suppressed()).isEmpty();
    assertThat(Hops.CONNECTIONS.inUse()).isZero();
  }

  /** A body of known length that ends too early just ends, for the library. */
  @Override
  protected boolean hearsOfBrokenBodies() {
    return false;
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(uri).toURL().openConnection();
    connection.setRequestMethod(method);
    if (body != null) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    connection.setReadTimeout(timeoutMillis);
    int status = connection.getResponseCode();
    try (InputStream stream =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      String text =
          stream == null ? null : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      Answer answer = new Answer(status, text);
      for (Map.Entry<String, List<String>> header : connection.getHeaderFields().entrySet()) {
        if (header.getKey() != null) {
          answer.header(header.getKey(), header.getValue().get(0));
        }
      }
      return answer;
    }
  }
}
