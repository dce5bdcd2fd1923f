package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Continuations;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;

/**
 * Sends an attempt's copies aside, each over a client of its own and on a thread of the agent's,
 * and throws their answers away: no cookie of theirs is kept, nobody is asked for credentials. A
 * body that the application streams has no copy, so such a mirror fails.
 */
final class Mirrors {
  private static final Continuations CONTINUATIONS = new Continuations("HttpURLConnection");

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
    for (Attempt mirror : attempt.mirrors()) {
      if (!head.repeatable()) {
        call.finish(mirror, Outcome.failure(Failure.OTHER, null));
        call.release(mirror);
        continue;
      }
      Object copy;
      try {
        copy = Heads.copy(written, mirror);
      } catch (Exception e) {
        mesh.agentError(HttpUrlConnectionModule.NAME, e);
        continue;
      }
      CONTINUATIONS.run(() -> send(mesh, call, mirror, head.url(), client, copy, body));
    }
  }

  private static void send(
      Mesh mesh, MeshCall call, Attempt mirror, URL url, Object like, Object head, Object body) {
    try {
      Object client = dial(mirror, url, like);
      ClientInternals.shakeHands(client);
      int limit = (int) Math.min(Pin.millis(mirror.timeoutNanos), Integer.MAX_VALUE);
      if (limit != Integer.MAX_VALUE) {
        ClientInternals.readTimeoutMillis(client, limit);
      }
      ClientInternals.write(client, head, body);
      Object response = Heads.empty();
      Object[] arguments = new Object[ClientInternals.parseArguments()];
      arguments[0] = response;
      arguments[arguments.length - 1] = ClientInternals.connectionAside(url);
      ClientInternals.failedOnce(client, true);
      ClientInternals.parse(client, arguments);
      call.finish(mirror, Outcomes.response(Heads.status(response), response));
      drain(client);
    } catch (IOException e) {
      call.finish(mirror, Outcome.failure(Failure.OTHER, e));
    } catch (Throwable e) {
      mesh.agentError(HttpUrlConnectionModule.NAME, e);
    } finally {
      call.release(mirror);
    }
  }

  private static Object dial(Attempt mirror, URL url, Object like) throws Exception {
    Pin pin = Pin.to(mirror, url);
    Hops.pin(pin);
    try {
      Object client = ClientInternals.dialLike(like, url);
      Hops.CONNECTIONS.used(client, pin.poolKey, null);
      return client;
    } finally {
      Hops.dialled();
    }
  }

  private static void drain(Object client) throws Exception {
    byte[] buffer = new byte[8 * 1024];
    try (InputStream body = ClientInternals.input(client)) {
      int read = 0;
      while (read >= 0) {
        read = body.read(buffer);
      }
    }
  }
}
