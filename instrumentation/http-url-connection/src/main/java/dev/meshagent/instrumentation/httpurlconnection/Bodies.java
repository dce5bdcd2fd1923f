package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Draining;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** What becomes of the body of a response: it is watched to its end, or dropped. */
final class Bodies {
  /** Of a response that is not wanted, so much is read to keep its connection, in bytes. */
  private static final long DRAINED = 64 * 1024;

  private Bodies() {}

  /** Has the end of a delivered body be told. */
  static void watch(Object client) throws Exception {
    InputStream body = ClientInternals.input(client);
    String kind = body.getClass().getName();
    if (!kind.endsWith(".KeepAliveStream") && !kind.endsWith(".ChunkedInputStream")) {
      // Of the others the library tells nobody that they ended.
      ClientInternals.input(client, new WatchedBody(body, () -> Hops.givenUp(client)));
    }
  }

  /** Of a response that is not wanted, so that its connection can be kept. */
  static void drop(Mesh mesh, Object client, String method, int status, Object response)
      throws Exception {
    Hops.CONNECTIONS.unused(client);
    boolean none = status == 204 || status == 304 || method.equals("HEAD");
    long length = none ? 0 : Heads.length(response);
    try {
      if (length == 0) {
        ClientInternals.finished(client);
        return;
      }
      InputStream body = ClientInternals.input(client);
      if (length > 0 && length <= DRAINED) {
        Socket socket = ClientInternals.socket(client);
        // The last octet puts the connection into the library's pool, where it must not be closed.
        if (!Draining.drain(mesh, () -> skip(body, length - 1), () -> close(socket))) {
          ClientInternals.close(client);
          return;
        }
      }
      body.close();
    } catch (IOException broken) {
      ClientInternals.close(client);
    }
  }

  private static void skip(InputStream body, long length) throws IOException {
    long left = length;
    while (left > 0) {
      long skipped = body.skip(left);
      left = skipped <= 0 ? 0 : left - skipped;
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // Nobody wants it any more.
    }
  }
}
