package dev.meshagent.instrumentation.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BodyBehaviours;
import dev.meshagent.scripted.Weaving;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** What every adapter makes of each step, over Reactor Netty. */
class StepsTest extends BodyBehaviours {
  private final ConnectionProvider connections = ConnectionProvider.create("steps", 10);

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new ReactorNettyModule());
    Weaving.suppressed().clear();
  }

  @AfterEach
  void noAdviceThrew() {
    connections.dispose();
    assertThat(Weaving.suppressed()).isEmpty();
  }

  @Override
  protected Class<? extends Exception> timeoutException() {
    return ReadTimeoutException.class;
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    try {
      return HttpClient.create(connections)
          .followRedirect(true)
          .responseTimeout(timeoutMillis == 0 ? null : Duration.ofMillis(timeoutMillis))
          .request(HttpMethod.valueOf(method))
          .uri(uri)
          .send(body == null ? Mono.empty() : ByteBufFlux.fromString(Mono.just(body)))
          .responseSingle(
              (head, content) ->
                  content
                      .asString()
                      .defaultIfEmpty("")
                      .map(
                          text -> {
                            Answer answer = new Answer(head.status().code(), text);
                            head.responseHeaders()
                                .forEach(
                                    header -> answer.header(header.getKey(), header.getValue()));
                            return answer;
                          }))
          .block();
    } catch (RuntimeException e) {
      Throwable unwrapped = Exceptions.unwrap(e);
      throw unwrapped instanceof Exception ? (Exception) unwrapped : e;
    }
  }
}
