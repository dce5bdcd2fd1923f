package dev.meshagent.instrumentation.httpurlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** As {@link HopTest}, over TLS: to servers whose certificate names the host as written. */
@Timeout(30)
class SecureHopTest {
  private static SSLContext tls;

  /** One for all, as an application would have it: the pool is kept apart by it. */
  private static SSLSocketFactory factory;

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter = new AdapterExtension(mesh, new HttpUrlConnectionModule());

  private final TestServers plain = new TestServers();
  private final List<HttpsServer> servers = new ArrayList<>();
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void makeKeys(@TempDir Path directory) throws Exception {
    Path store = directory.resolve("keys.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair -alias a -keyalg EC -dname CN=orders -ext SAN=dns:orders -validity 1",
            "-storetype PKCS12 -storepass changeit -keystore");
    List<String> words = new ArrayList<>();
    command.forEach(part -> words.addAll(List.of(part.split(" "))));
    words.add(store.toString());
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, "changeit".toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("a", keys.getCertificate("a"));
    trusted.init(anchors);
    tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    factory = tls.getSocketFactory();
  }

  @AfterEach
  void nothingIsLeftOver() {
    servers.forEach(server -> server.stop(0));
    handlers.shutdownNow();
    plain.close();
    assertThat(Hops.CONNECTIONS.inUse()).isZero();
  }

  @Test
  void theNameAsWrittenIsCheckedAndConnectionsAreKept() throws Exception {
    mesh.service("orders", server());
    for (int i = 0; i < 3; i++) {
      HttpsURLConnection connection = open("https://orders/a");
      assertThat(text(connection)).isEqualTo("orders/a");
    }
    assertThat(ports).hasSize(1);
    assertThat(mesh.calls).hasSize(3).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void aCertificateForAnotherNameIsRefusedAndNotTriedElsewhere() throws Exception {
    insistingAtADeadEndpoint("payments", server());
    assertThatThrownBy(() -> text(open("https://payments/")))
        .isInstanceOf(SSLHandshakeException.class)
        .hasRootCauseInstanceOf(CertificateException.class);
    assertRefusedOnce();
  }

  @Test
  void aNameThatTheApplicationsVerifierRefusesIsNotTriedElsewhere() throws Exception {
    insistingAtADeadEndpoint("payments", server());
    HttpsURLConnection connection = open("https://payments/");
    connection.setHostnameVerifier((host, session) -> false);
    assertThatThrownBy(() -> text(connection))
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("hostname wrong");
    assertRefusedOnce();
  }

  /** As a policy that tries what it may elsewhere, where the exception would be another one. */
  private void insistingAtADeadEndpoint(String host, InetSocketAddress first) throws IOException {
    InetSocketAddress dead = TestServers.refusing();
    mesh.script(
        host,
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(first))
                .then(ScriptedMesh.attempt(dead))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
  }

  private void assertRefusedOnce() {
    assertThat(mesh.calls.peek().outcomes)
        .singleElement()
        .matches(outcome -> outcome.failure == Failure.OTHER);
  }

  @Test
  void anEndpointThatCannotShakeHandsIsTriedElsewhere() throws Exception {
    InetSocketAddress mute = plain.echo("X");
    InetSocketAddress live = server();
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(mute))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    assertThat(text(open("https://orders/a"))).isEqualTo("orders/a");
    assertThat(mesh.calls.peek().outcomes).hasSize(2);
  }

  @Test
  void anUnavailableAnswerIsAskedForElsewhere() throws Exception {
    InetSocketAddress live = server();
    CountDownLatch busy = new CountDownLatch(1);
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(live))
                .then(ScriptedMesh.attempt(live))
                .retrying(
                    outcome -> {
                      boolean first = busy.getCount() > 0;
                      busy.countDown();
                      return first;
                    }));
    assertThat(text(open("https://orders/a"))).isEqualTo("orders/a");
    assertThat(ports).hasSize(1);
  }

  @Test
  void whatNoEndpointShakesHandsForFailsWithTheLibrarysException() throws Exception {
    InetSocketAddress mute = plain.echo("X");
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(mute))
                .then(
                    new Step.Fail(
                        Step.Fail.Reason.CONNECT_FAILED,
                        "orders: no handshake",
                        new SSLException("mute")))
                .retrying(outcome -> true));
    assertThatThrownBy(() -> text(open("https://orders/")))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessage("orders: no handshake");
  }

  @Test
  void aResponseThatNoServerSentReadsLikeAnyOther() throws Exception {
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(
                    new Step.Respond(
                        200, Map.of("x-why", "mesh"), "yes".getBytes(StandardCharsets.UTF_8))));
    HttpsURLConnection connection = open("https://orders/");
    connection.connect();
    assertThat(connection.getCipherSuite()).isNotEmpty();
    assertThat(text(connection)).isEqualTo("yes");
    assertThat(connection.getHeaderField("X-Why")).isEqualTo("mesh");
  }

  @Test
  void copiesAreSentAside() throws Exception {
    ScriptedAttempt attempt = ScriptedMesh.attempt(server());
    attempt.mirrors = List.of(ScriptedMesh.attempt(server()));
    CountDownLatch finished = new CountDownLatch(2);
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(attempt)
                .retrying(
                    outcome -> {
                      assertThat(outcome.status).isEqualTo(200);
                      finished.countDown();
                      return false;
                    }));
    assertThat(text(open("https://orders/a"))).isEqualTo("orders/a");
    finished.await();
    assertThat(ports).hasSize(2);
  }

  private static HttpsURLConnection open(String url) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) URI.create(url).toURL().openConnection();
    connection.setSSLSocketFactory(factory);
    return connection;
  }

  private static String text(HttpsURLConnection connection) throws IOException {
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private InetSocketAddress server() throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          ports.add(exchange.getRemoteAddress().getPort());
          TestServers.answer(
              exchange,
              200,
              exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
        });
    server.start();
    servers.add(server);
    return server.getAddress();
  }
}
