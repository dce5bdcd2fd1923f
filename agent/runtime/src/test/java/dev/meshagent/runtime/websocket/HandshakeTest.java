package dev.meshagent.runtime.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  /** The example of RFC 6455 §1.3. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private final Handshake handshake = new Handshake(KEY);

  @Test
  void provesToHaveReadTheKeyAsTheRfcsExampleDoes() {
    assertThat(handshake.accept()).isEqualTo(ACCEPT);
  }

  @Test
  void digestsAsThePlatformDoes() throws Exception {
    for (int length = 0; length < 200; length++) {
      byte[] message = new byte[length];
      Arrays.fill(message, (byte) (length * 7));
      assertThat(Sha1.digest(message))
          .isEqualTo(MessageDigest.getInstance("SHA-1").digest(message));
    }
  }

  @Test
  void asksForTheUpgrade() {
    byte[] request =
        handshake.request(
            URI.create("ws://[::1]:15010/agent/v1/connect"),
            Collections.singletonMap("Authorization", "Bearer t"));
    assertThat(new String(request, StandardCharsets.US_ASCII))
        .startsWith("GET /agent/v1/connect HTTP/1.1\r\nHost: [::1]:15010\r\n")
        .contains("\r\nSec-WebSocket-Key: " + KEY + "\r\n", "\r\nAuthorization: Bearer t\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void readsTheAnswerAndNothingBeyondIt() throws Exception {
    InputStream in =
        answer(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nsec-websocket-accept:  "
                + ACCEPT
                + "\r\n\r\nX");
    handshake.readAnswer(in);
    assertThat(in.read()).isEqualTo('X');
  }

  @Test
  void saysWhatIsWrongWithAnAnswer() {
    refused("HTTP/1.1 401 Unauthorized\r\n\r\n", "401 Unauthorized", "mesh.token.file");
    refused("HTTP/1.1 404 Not Found\r\n\r\n", "404 Not Found");
    refused("SSH-2.0-OpenSSH_9.7\r\n\r\n", "no controller", "SSH-2.0");
    refused("HTTP/1.1 101 Fine\r\nSec-WebSocket-Accept: x\r\n\r\n", "no WebSocket");
    refused("HTTP/1.1 101 Fi", "ended before an answer");
  }

  private void refused(String answer, String... words) {
    assertThatThrownBy(() -> handshake.readAnswer(answer(answer)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words);
  }

  private static InputStream answer(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
