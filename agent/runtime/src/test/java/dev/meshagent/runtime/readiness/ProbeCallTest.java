package dev.meshagent.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ProbeCallTest {
  private static Probe.Builder to(int port, boolean http) {
    Probe.Builder probe = new Probe.Builder();
    probe.http = http;
    probe.port = port;
    probe.timeoutMillis = 20_000;
    return probe;
  }

  private static ServerSocket server() throws Exception {
    return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  }

  /** Answers one request with this status line; gives the lines of the request's head. */
  private static CompletableFuture<List<String>> answer(ServerSocket server, String status) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> lines = new ArrayList<>();
          try (Socket socket = server.accept()) {
            BufferedReader in =
                new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
              lines.add(line);
            }
            socket.getOutputStream().write((status + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          return lines;
        });
  }

  @Test
  void asksForThePathWithTheHeaders() throws Exception {
    try (ServerSocket server = server()) {
      CompletableFuture<List<String>> asked = answer(server, "HTTP/1.1 204 No Content");
      Probe.Builder probe = to(server.getLocalPort(), true);
      probe.path = "/ready?x=1";
      probe.headers = Arrays.asList("X-Probe: 1");
      assertThat(ProbeCall.failure(probe.build())).isNull();
      assertThat(asked.get(20, TimeUnit.SECONDS))
          .containsExactly(
              "GET /ready?x=1 HTTP/1.1",
              "X-Probe: 1",
              "Host: 127.0.0.1:" + server.getLocalPort(),
              "User-Agent: mesh-agent-probe",
              "Accept: */*",
              "Connection: close");
    }
  }

  @Test
  void successAndRedirectionPassAndAnythingElseFails() throws Exception {
    try (ServerSocket server = server()) {
      for (String status :
          Arrays.asList(
              "HTTP/1.1 200 OK", "HTTP/1.0 302", "HTTP/1.1 404 No", "HTTP/1.1 503 x", "SSH-2.0")) {
        CompletableFuture<List<String>> asked = answer(server, status);
        String failure = ProbeCall.failure(to(server.getLocalPort(), true).build());
        asked.get(20, TimeUnit.SECONDS);
        if (status.contains(" 200") || status.contains(" 302")) {
          assertThat(failure).as(status).isNull();
        } else {
          assertThat(failure).isEqualTo("answered '" + status + "'");
        }
      }
    }
  }

  @Test
  void whoDoesNotAnswerInTimeHasFailed() throws Exception {
    try (ServerSocket server = server()) {
      Probe.Builder probe = to(server.getLocalPort(), true);
      probe.timeoutMillis = 50;
      assertThat(ProbeCall.failure(probe.build())).contains("Timeout");
    }
  }

  @Test
  void aConnectionIsEnoughForTcp() throws Exception {
    try (ServerSocket server = server()) {
      assertThat(ProbeCall.failure(to(server.getLocalPort(), false).build())).isNull();
    }
    // Bound but not listening, so that nobody else gets the port meanwhile.
    try (Socket nobody = new Socket()) {
      nobody.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      assertThat(ProbeCall.failure(to(nobody.getLocalPort(), false).build())).contains("refused");
    }
  }
}
