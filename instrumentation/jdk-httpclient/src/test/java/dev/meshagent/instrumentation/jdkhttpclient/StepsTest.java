package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.StepBehaviours;
import dev.meshagent.scripted.Weaving;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** What every adapter makes of each step, over this JVM's own client. */
class StepsTest extends StepBehaviours {
  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(Redirect.NORMAL)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new JdkHttpClientModule());
    Weaving.suppressed().clear();
  }

  @AfterEach
  void noAdviceThrew() {
    assertThat(Weaving.suppressed()).isEmpty();
  }

  @Override
  protected Class<? extends IOException> timeoutException() {
    return HttpTimeoutException.class;
  }

  @Override
  protected Answer send(String method, String uri) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(uri)).method(method, BodyPublishers.noBody());
    if (timeoutMillis > 0) {
      request.timeout(Duration.ofMillis(timeoutMillis));
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    Answer answer = new Answer(response.statusCode(), response.body());
    response.headers().map().forEach((name, values) -> answer.header(name, values.get(0)));
    return answer;
  }
}
