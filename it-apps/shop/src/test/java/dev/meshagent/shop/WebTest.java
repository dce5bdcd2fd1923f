package dev.meshagent.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WebTest {
  private Web web;
  private String url;

  @BeforeEach
  void start() throws IOException {
    web = new Web("test", new String[0]);
    web.on("/echo/", (method, rest, body) -> method + " " + rest + " " + body);
    web.on(
        "/fail/",
        (method, rest, body) -> {
          throw new IOException("no " + rest);
        });
    url = "http://127.0.0.1:" + web.start();
  }

  @AfterEach
  void stop() {
    web.stop();
  }

  static Stream<Caller> callers() {
    return Stream.of(new JdkCaller(), new OkHttpCaller(), new Apache5Caller(), new Apache4Caller());
  }

  @ParameterizedTest
  @MethodSource("callers")
  void aHandlerGetsMethodPathAndBody(Caller caller) throws IOException, InterruptedException {
    assertThat(caller.get(url + "/echo/a")).isEqualTo("GET a ");
    assertThat(caller.post(url + "/echo/b", "c")).isEqualTo("POST b c");
  }

  @ParameterizedTest
  @MethodSource("callers")
  void whatAHandlerCannotDoIsAnsweredWith502AndCounted(Caller caller)
      throws IOException, InterruptedException {
    assertThatThrownBy(() -> caller.get(url + "/fail/stock"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 502: test could not answer GET /fail/stock")
        .hasMessageContaining("no stock");
    assertThat(caller.get(url + "/stats")).isEqualTo("served 1\nfailed 1\n");
  }
}
