package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;

/**
 * An attempt's copies, each over a client of its own: no cookie of theirs is kept, nobody is asked
 * for credentials. A body that the application streams has no copy, so such a mirror fails.
 */
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
    COPIES.send(mesh, call, attempt, mirror -> copy(mirror, head, client, written, body));
  }

  private static Copy copy(
      Attempt mirror, RequestView head, Object client, Object written, Object body) {
    try {
      return new Copy(mirror, head, client, Heads.copy(written, mirror), body);
    } catch (Exception e) {
      throw new IllegalStateException("the head of a request cannot be copied", e);
    }
  }

  private static final class Copy extends Copies.Copy {
    private final RequestView head;
    private final Object like;
    private final Object written;
    private final Object body;
    private volatile Object client;
    private volatile boolean brokenOff;

    Copy(Attempt mirror, RequestView head, Object like, Object written, Object body) {
      super(mirror);
      this.head = head;
      this.like = like;
      this.written = written;
      this.body = body;
    }

    @Override
    protected Outcome send() throws Exception {
      if (!head.repeatable()) {
        throw new IOException("a body that is streamed has no copy");
      }
      URL url = head.url();
      client = dial(url);
      if (brokenOff) {
        ClientInternals.cut(client);
      }
      ClientInternals.shakeHands(client);
      ClientInternals.write(client, written, body);
      Object response = Heads.empty();
      Object[] arguments = new Object[ClientInternals.parseArguments()];
      arguments[0] = response;
      arguments[arguments.length - 1] = ClientInternals.connectionAside(url);
      ClientInternals.failedOnce(client, true);
      ClientInternals.parse(client, arguments);
      return Outcomes.response(Heads.status(response), response);
    }

    private Object dial(URL url) throws Exception {
      Pin pin = Pin.to(attempt, url, connectLimitNanos());
      Hops.pin(pin);
      try {
        Object dialled = ClientInternals.dialLike(like, url);
        Hops.CONNECTIONS.used(dialled, pin.poolKey, null);
        return dialled;
      } finally {
        Hops.dialled();
      }
    }

    @Override
    protected void readToEnd() throws Exception {
      byte[] buffer = new byte[8 * 1024];
      try (InputStream input = ClientInternals.input(client)) {
        int read = 0;
        while (read >= 0) {
          read = input.read(buffer);
        }
      }
    }

    @Override
    protected void breakOff() {
      brokenOff = true;
      Object dialled = client;
      if (dialled != null) {
        ClientInternals.cut(dialled);
      }
    }
  }
}
