package dev.meshagent.instrumentation.jdkhttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.scripted.AdapterExtension;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 in clear and over TLS with a service's own certificate, through the mesh. */
@Timeout(60)
class Http2HopTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final ScriptedMesh mesh = new ScriptedMesh();

  @RegisterExtension
  final AdapterExtension adapter =
      new AdapterExtension(mesh, new JdkHttpClientModule()).remembering(Hops::underWay);

  private final List<Server> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(Server::stop);
  }

  @Test
  void anUpgradeInClearKeepsOneConnectionPerEndpoint() throws Exception {
    mesh.service("orders", clear("one"), clear("two"));
    HttpClient client = HttpClient.newHttpClient();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      java.net.http.HttpResponse<String> response = get(client, "http://orders/");
      answers.add(response.body());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
    assertThat(answers.subList(2, 4)).isEqualTo(answers.subList(0, 2));
    assertThat(answers.subList(4, 6)).isEqualTo(answers.subList(0, 2));
    assertThat(answers.get(0)).startsWith("one orders ");
    assertThat(answers.get(1)).startsWith("two orders ");
    assertThat(mesh.calls).allMatch(call -> call.released.getCount() == 0);
  }

  @Test
  void anUpgradeThatWasNeverSentIsForgottenOnTheNextEndpoint() throws Exception {
    InetSocketAddress live = clear("live");
    HttpClient client = HttpClient.newHttpClient();
    mesh.service("orders", live);
    get(client, "http://orders/");
    InetSocketAddress dead;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = (InetSocketAddress) closed.getLocalSocketAddress();
    }
    mesh.script(
        "orders",
        head ->
            new Call(head)
                .then(ScriptedMesh.attempt(dead))
                .then(ScriptedMesh.attempt(live))
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    assertThat(get(client, "http://orders/").body()).startsWith("live orders");
  }

  @Test
  void manyStreamsShareTheConnectionsOfTheirEndpoints() throws Exception {
    mesh.service("orders", clear("one"), clear("two"));
    HttpClient client = HttpClient.newHttpClient();
    get(client, "http://orders/");
    get(client, "http://orders/");
    List<CompletableFuture<String>> bodies = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      bodies.add(
          client
              .sendAsync(request("http://orders/"), BodyHandlers.ofString())
              .thenApply(java.net.http.HttpResponse::body));
    }
    assertThat(bodies.stream().map(CompletableFuture::join).distinct()).hasSize(2);
  }

  @Test
  void theNameAsWrittenIsIndicatedAndChecked(@TempDir Path directory) throws Exception {
    KeyStore keys = certificateFor("orders", directory);
    mesh.service("orders", encrypted("one", keys), encrypted("two", keys));
    Attempt refused = ScriptedMesh.attempt(encrypted("three", keys));
    Attempt other = ScriptedMesh.attempt(TestServers.refusing());
    mesh.script(
        "stranger",
        head ->
            new Call(head)
                .then(refused)
                .then(other)
                .retrying(outcome -> outcome.failure == Failure.CONNECT));
    HttpClient client = HttpClient.newBuilder().sslContext(trusting(keys)).build();
    for (int i = 0; i < 4; i++) {
      java.net.http.HttpResponse<String> response = get(client, "https://orders/");
      assertThat(response.body()).startsWith(i % 2 == 0 ? "one orders" : "two orders");
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.sslSession().get().getPeerHost()).isEqualTo("orders");
    }
    assertThatThrownBy(() -> get(client, "https://stranger/"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("matching stranger");
    Call last = mesh.calls.toArray(new Call[0])[4];
    assertThat(last.outcomes).extracting(outcome -> outcome.failure).containsExactly(Failure.OTHER);
    HttpClient http1 =
        HttpClient.newBuilder()
            .sslContext(trusting(keys))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    assertThat(get(http1, "https://orders/").body()).contains(" orders ");
  }

  private static java.net.http.HttpResponse<String> get(HttpClient client, String uri)
      throws Exception {
    return client.send(request(uri), BodyHandlers.ofString());
  }

  private static HttpRequest request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).build();
  }

  private InetSocketAddress clear(String name) {
    return started(
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service("/", (context, request) -> answer(name, context))
            .build());
  }

  private InetSocketAddress encrypted(String name, KeyStore keys) throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    return started(
        Server.builder()
            .https(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(factory)
            .service("/", (context, request) -> answer(name, context))
            .build());
  }

  private InetSocketAddress started(Server server) {
    server.start().join();
    servers.add(server);
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.activeLocalPort());
  }

  /** Who answers, which authority was asked for, and over which connection. */
  private static HttpResponse answer(String name, ServiceRequestContext context) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.PLAIN_TEXT_UTF_8,
        name + " " + context.request().authority() + " " + context.remoteAddress().getPort());
  }

  /** A key pair and its own certificate, made by the JDK's keytool. */
  private static KeyStore certificateFor(String host, Path directory) throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                host,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "SAN=dns:" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("orders", keys.getCertificate("orders"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
