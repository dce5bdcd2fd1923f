package dev.meshagent.runtime.readiness;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * Tries a probe once, over a plain socket: no library of the application is used, so nothing of it
 * is woven, initialised or counted by this. Stateless.
 */
final class ProbeCall {
  private static final int LONGEST_STATUS_LINE = 1_024;

  private ProbeCall() {}

  /** Why it failed, for a person; null if it passed. Blocks for the probe's timeout at most. */
  static String failure(Probe probe) {
    long deadline = System.nanoTime() + probe.timeoutMillis * 1_000_000L;
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      socket.connect(new InetSocketAddress(probe.host, probe.port), probe.timeoutMillis);
      if (!probe.http) {
        return null;
      }
      socket.getOutputStream().write(request(probe).getBytes(StandardCharsets.UTF_8));
      String line = statusLine(socket, deadline);
      // As Kubernetes judges: success and redirection.
      return line.matches("HTTP/1\\.[01] [23][0-9]{2}( .*)?") ? null : "answered '" + line + "'";
    } catch (IOException | RuntimeException e) {
      return e.toString();
    }
  }

  private static String request(Probe probe) {
    StringBuilder request = new StringBuilder("GET ").append(probe.path).append(" HTTP/1.1\r\n");
    boolean hostGiven = false;
    for (String header : probe.headers) {
      request.append(header).append("\r\n");
      hostGiven |= header.regionMatches(true, 0, "Host:", 0, "Host:".length());
    }
    if (!hostGiven) {
      String host = probe.host.indexOf(':') < 0 ? probe.host : "[" + probe.host + "]";
      request.append("Host: ").append(host).append(':').append(probe.port).append("\r\n");
    }
    return request
        .append("User-Agent: mesh-agent-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n")
        .toString();
  }

  private static String statusLine(Socket socket, long deadline) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    while (line.length() < LONGEST_STATUS_LINE) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000L;
      if (leftMillis <= 0) {
        throw new SocketTimeoutException("no answer in time");
      }
      socket.setSoTimeout((int) leftMillis);
      int next = in.read();
      if (next < 0 || next == '\n') {
        break;
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
