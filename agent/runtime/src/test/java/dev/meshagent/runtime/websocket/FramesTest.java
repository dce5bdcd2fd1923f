package dev.meshagent.runtime.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class FramesTest {
  private final List<String> control = new ArrayList<>();

  @Test
  void putsFragmentsTogetherAroundControlFrames() throws Exception {
    FrameInput frames =
        input(frame(0x01, "he"), frame(0x89, "ping"), frame(0x00, "ll"), frame(0x80, "o"));
    assertThat(frames.next()).isEqualTo("hello");
    assertThat(control).containsExactly("9 ping");
  }

  @Test
  void readsEveryFormOfLength() throws Exception {
    for (int length : new int[] {0, 125, 126, 65_535, 65_536}) {
      char[] text = new char[length];
      Arrays.fill(text, 'x');
      assertThat(input(frame(0x81, new String(text))).next()).hasSize(length);
    }
  }

  @Test
  void endsWithACloseOfThePeer() throws Exception {
    assertThat(input(frame(0x88, "")).next()).isNull();
  }

  @Test
  void refusesWhatTheProtocolDoesNotAllow() {
    refused("more than 100000 bytes", frame(0x01, "x"), lengthOnly(0x80, 100_000));
    refused("more than 100000 bytes", lengthOnly(0x81, -1));
    refused("does not allow", frame(0xC1, "x"));
    refused("does not allow", new byte[] {(byte) 0x81, (byte) 0x81});
    refused("out of place", frame(0x80, "x"));
    refused("out of place", frame(0x01, "x"), frame(0x81, "x"));
    refused("too long", lengthOnly(0x89, 126));
    refused("ended the connection", Arrays.copyOf(frame(0x81, "hello"), 4));
  }

  @Test
  void whatIsWrittenIsMaskedAndReadsAsWritten() throws Exception {
    for (int length : new int[] {0, 5, 126, 70_000}) {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 'y');
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new FrameOutput(out).write(FrameInput.TEXT, payload);
      assertThat(unmask(out.toByteArray())).isEqualTo(payload);
    }
  }

  @Test
  void silenceIsAskedAboutOnceAndThenGivenUp() throws Exception {
    Queue<String> script = new ArrayDeque<>(Arrays.asList("", "ab", "", ""));
    List<String> asked = new ArrayList<>();
    WatchedInput in = new WatchedInput(new Scripted(script), () -> asked.add("ping"));
    assertThat(in.read()).isEqualTo('a');
    assertThat(in.read()).isEqualTo('b');
    assertThat(asked).hasSize(1);
    assertThatThrownBy(in::read).hasMessageContaining("no sign of life");
    assertThat(asked).hasSize(2);
  }

  private FrameInput input(byte[]... frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.write(frame, 0, frame.length);
    }
    return new FrameInput(
        new ByteArrayInputStream(all.toByteArray()),
        100_000,
        (opcode, payload) ->
            control.add(opcode + " " + new String(payload, StandardCharsets.UTF_8)));
  }

  private void refused(String words, byte[]... frames) {
    assertThatThrownBy(input(frames)::next)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(words);
  }

  /** A frame as a server sends it: not masked. */
  private static byte[] frame(int first, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    byte[] head = lengthOnly(first, payload.length);
    byte[] frame = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, frame, head.length, payload.length);
    return frame;
  }

  private static byte[] lengthOnly(int first, long length) {
    if (length >= 0 && length < 126) {
      return new byte[] {(byte) first, (byte) length};
    }
    int bytes = length >= 0 && length < 1 << 16 ? 2 : 8;
    byte[] head = new byte[2 + bytes];
    head[0] = (byte) first;
    head[1] = (byte) (bytes == 2 ? 126 : 127);
    for (int i = 0; i < bytes; i++) {
      head[2 + i] = (byte) (length >>> 8 * (bytes - 1 - i));
    }
    return head;
  }

  private static byte[] unmask(byte[] frame) {
    assertThat(frame[0]).isEqualTo((byte) 0x81);
    assertThat(frame[1] & 0x80).isEqualTo(0x80);
    int length = frame[1] & 0x7F;
    int mask = length < 126 ? 2 : length == 126 ? 4 : 10;
    byte[] payload = Arrays.copyOfRange(frame, mask + 4, frame.length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= frame[mask + i % 4];
    }
    return payload;
  }

  /** A socket's input: each read gives the next text, an empty one is a timeout. */
  private static final class Scripted extends InputStream {
    private final Queue<String> script;

    Scripted(Queue<String> script) {
      this.script = script;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      String next = script.remove();
      if (next.isEmpty()) {
        throw new SocketTimeoutException();
      }
      byte[] bytes = next.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(bytes, 0, target, offset, bytes.length);
      return bytes.length;
    }
  }
}
