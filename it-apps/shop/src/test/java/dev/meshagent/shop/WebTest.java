package dev.meshagent.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  @Test
  void aHandlerGetsMethodPathAndBody() throws IOException, InterruptedException {
    assertThat(web.get(url + "/echo/a")).isEqualTo("GET a ");
    assertThat(web.post(url + "/echo/b", "c")).isEqualTo("POST b c");
  }

  @Test
  void whatAHandlerCannotDoIsAnsweredWith502AndCounted() throws IOException, InterruptedException {
    assertThatThrownBy(() -> web.get(url + "/fail/stock"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 502: test could not answer GET /fail/stock")
        .hasMessageContaining("no stock");
    assertThat(web.get(url + "/stats")).isEqualTo("served 1\nfailed 1\n");
  }
}
