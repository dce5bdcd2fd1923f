package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.io.IOException;
import java.io.InputStream;

/** An attempt's copies. A body that the application streams has no copy, so such a mirror fails. */
final class Mirrors {
  private static final Copies COPIES = new Copies("HttpURLConnection");

  private Mirrors() {}

  /**
   * @param client that the attempt itself is sent over
   * @param written the head of the request
   * @param body the library's copy of its body, or null
   */
  static void send(
      Mesh mesh,
      MeshCall call,
      Attempt attempt,
      RequestView head,
      Object client,
      Object written,
      Object body) {
    COPIES.send(mesh, call, attempt, mirror -> new Copy(mirror, head, client, written, body));
  }

  private static final class Copy extends Copies.Copy {
    private final boolean repeatable;
    private final SideExchange exchange;

    Copy(Attempt mirror, RequestView head, Object like, Object written, Object body) {
      super(mirror);
      repeatable = head.repeatable();
      exchange =
          new SideExchange(
              mirror, head.url(), like, copy(written, mirror), body, connectLimitNanos());
    }

    private static Object copy(Object written, Attempt mirror) {
      try {
        return Heads.copy(written, mirror);
      } catch (Exception e) {
        throw new IllegalStateException("the head of a request cannot be copied", e);
      }
    }

    @Override
    protected Outcome send() throws Exception {
      if (!repeatable) {
        throw new IOException("a body that is streamed has no copy");
      }
      exchange.send();
      return Outcomes.response(exchange.status(), exchange.response());
    }

    @Override
    protected void readToEnd() throws Exception {
      byte[] buffer = new byte[8 * 1024];
      try (InputStream input = ClientInternals.input(exchange.client())) {
        int read = 0;
        while (read >= 0) {
          read = input.read(buffer);
        }
      }
    }

    @Override
    protected void breakOff() {
      exchange.breakOff();
    }
  }
}
