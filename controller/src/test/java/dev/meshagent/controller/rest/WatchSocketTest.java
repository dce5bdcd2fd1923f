package dev.meshagent.controller.rest;

import static dev.meshagent.controller.rest.Api.ISTIO;
import static dev.meshagent.controller.rest.Api.YAML;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.meshagent.controller.TestController;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
final class WatchSocketTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String RULES = ISTIO + "default/destinationrules";

  @RegisterExtension final TestController controller = new TestController();

  private final Api api = new Api(controller::listening);

  /** What comes over a WebSocket, in order: messages, {@code pong …} and {@code closed}. */
  private static final class Messages implements WebSocket.Listener {
    private final LinkedBlockingQueue<String> come = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        come.add(message.toString());
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      come.add("pong " + payload.get(0));
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      come.add("closed");
      return null;
    }

    String next() throws InterruptedException {
      return come.take();
    }

    JsonNode event() throws Exception {
      return MAPPER.readTree(next());
    }

    /** The next event that is of more than a status. */
    String inShort() throws Exception {
      JsonNode event = event();
      while (event.path("type").asText().equals("MODIFIED")) {
        event = event();
      }
      return event.path("type").asText() + " " + event.at("/object/metadata/name").asText();
    }
  }

  private WebSocket open(String path, Messages messages, String... header) {
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    if (header.length > 0) {
      builder.header(header[0], header[1]);
    }
    return builder.buildAsync(URI.create("ws://" + controller.listening() + path), messages).join();
  }

  private void create(String name) throws Exception {
    api.send(
            "POST",
            RULES,
            YAML,
            "apiVersion: networking.istio.io/v1",
            "kind: DestinationRule",
            "metadata: {name: " + name + "}",
            "spec: {host: a}")
        .is(201);
  }

  @Test
  void eachEventIsAMessageAndPingsAreAnswered() throws Exception {
    create("a");
    Messages messages = new Messages();
    WebSocket socket = open(RULES + "?watch=true", messages);
    assertThat(messages.inShort()).isEqualTo("ADDED a");
    create("b");
    assertThat(messages.inShort()).isEqualTo("ADDED b");
    api.delete(RULES + "/a").is(200);
    assertThat(messages.inShort()).isEqualTo("DELETED a");
    socket.sendPing(ByteBuffer.wrap(new byte[] {7}));
    String next = messages.next();
    while (next.contains("MODIFIED")) {
      next = messages.next();
    }
    assertThat(next).isEqualTo("pong 7");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    next = messages.next();
    while (next.contains("MODIFIED")) {
      next = messages.next();
    }
    assertThat(next).isEqualTo("closed");
  }

  @Test
  void whatGoesWrongIsAnEventAndTheEnd() throws Exception {
    assertThat(failure(RULES + "?watch=true&resourceVersion=1")).isEqualTo(410);
    assertThat(failure(RULES + "?watch=true&resourceVersion=x")).isEqualTo(400);
    assertThat(failure(RULES)).as("no watch").isEqualTo(400);
    assertThat(failure("/apis/nothing/v1/things?watch=true")).isEqualTo(404);
  }

  private int failure(String path) throws Exception {
    Messages messages = new Messages();
    open(path, messages);
    JsonNode event = messages.event();
    assertThat(event.path("type").asText()).isEqualTo("ERROR");
    assertThat(messages.next()).isEqualTo("closed");
    return event.at("/object/code").asInt();
  }

  @Test
  void aWatchEndsWhenItsTimeIsUp() throws Exception {
    Messages messages = new Messages();
    open(RULES + "?watch=true&timeoutSeconds=1", messages);
    assertThat(messages.next()).isEqualTo("closed");
  }

  @Test
  void pagesOfOtherSitesAreRefused() {
    assertThatThrownBy(
            () -> open(RULES + "?watch=true", new Messages(), "Origin", "http://elsewhere.example"))
        .hasCauseInstanceOf(WebSocketHandshakeException.class)
        .satisfies(
            e ->
                assertThat(((WebSocketHandshakeException) e.getCause()).getResponse().statusCode())
                    .isEqualTo(403));
  }
}
