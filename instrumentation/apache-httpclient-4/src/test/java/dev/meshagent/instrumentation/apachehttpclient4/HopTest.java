package dev.meshagent.instrumentation.apachehttpclient4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.http.HttpHost;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.HttpClientConnectionManager;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.BasicHttpClientConnectionManager;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The wrapper in a client that was put together by hand, against an engine whose answers are
 * written beforehand. What weaving brings is for the contract suite.
 */
class HopTest extends BlockingBehaviours {
  private final CloseableHttpClient client = client(null);

  /**
   * @param connections null for the library's own
   */
  private static CloseableHttpClient client(HttpClientConnectionManager connections) {
    return new HttpClientBuilder() {
      @Override
      protected ClientExecChain decorateMainExec(ClientExecChain main) {
        return (ClientExecChain) MeshExec.around(main);
      }
    }.setConnectionManager(connections).disableAutomaticRetries().build();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
  }

  @Test
  void whatTheApplicationsBodyThrowsIsNoErrorOfTheAgent() throws Exception {
    mesh.service("orders", servers.echo("x"));
    RequestBuilder request = RequestBuilder.post().setUri("http://orders/");
    request.setEntity(
        new StringEntity("") {
          @Override
          public void writeTo(OutputStream out) {
            throw new IllegalStateException("on purpose");
          }
        });
    assertThatThrownBy(() -> client.execute(request.build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("on purpose");
    assertFailures(Failure.OTHER);
  }

  /** What the library tells of it is advised. */
  @Override
  protected boolean hearsOfBrokenBodies() {
    return false;
  }

  @Test
  void aBodyWhoseReadingFailedIsToldToTheEngine() throws Exception {
    mesh.service("orders", servers.echo("x"));
    try (CloseableHttpResponse response =
        client.execute(RequestBuilder.get().setUri("http://orders/").build())) {
      Bodies.broken(response.getEntity());
    }
    assertFailures(Failure.NONE, Failure.RESET);
  }

  @Test
  void whatTheAgentCouldNotSendIsTheLibrarysToRepeat() throws Exception {
    ScriptedAttempt unsendable = ScriptedMesh.attempt(servers.echo("x"));
    unsendable.broken = new IllegalStateException("broken on purpose");
    mesh.script("localhost", head -> new Call(head).then(unsendable));
    HttpClientContext context = HttpClientContext.create();
    HttpUriRequest request =
        RequestBuilder.get().setUri("http://localhost:" + TestServers.refusing().getPort()).build();

    assertThatThrownBy(() -> client.execute(request, context)).isInstanceOf(ConnectException.class);

    assertThat(MeshMark.isOn(context)).isFalse();
    assertThat(mesh.errors).containsExactly(unsendable.broken);
    mesh.errors.clear();
  }

  @Test
  void credentialsForTheDefaultPortAreFoundAndKept() throws Exception {
    Queue<String> tried = new ConcurrentLinkedQueue<>();
    mesh.service(
        "svc",
        servers.start(
            exchange -> {
              String given = exchange.getRequestHeaders().getFirst("Authorization");
              tried.add(given == null ? "none" : given);
              exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"svc\"");
              TestServers.answer(exchange, given == null ? 401 : 200, "x");
            }));
    CredentialsProvider credentials = new BasicCredentialsProvider();
    credentials.setCredentials(
        new AuthScope("svc", 80), new UsernamePasswordCredentials("user", "word"));
    HttpClientContext context = HttpClientContext.create();
    context.setCredentialsProvider(credentials);

    assertThat(status("http://svc/auth", context)).isEqualTo(200);
    assertThat(status("http://svc/again", context)).isEqualTo(200);

    String basic = "Basic dXNlcjp3b3Jk";
    assertThat(tried).containsExactly("none", basic, basic);
    assertThat(context.getTargetHost()).isEqualTo(new HttpHost("svc"));
  }

  @Test
  void theContextHasTheRequestAsItWasWritten() throws Exception {
    ScriptedAttempt rewritten = ScriptedMesh.attempt(servers.echo("x"));
    rewritten.pathAndQuery = "/rewritten";
    rewritten.authority = "other";
    mesh.script("orders", head -> new Call(head).then(rewritten));
    HttpClientContext context = HttpClientContext.create();

    assertThat(status("http://orders/written", context)).isEqualTo(200);

    assertThat(context.getRequest().getRequestLine().getUri()).isEqualTo("/written");
    assertThat(context.getRequest().getFirstHeader("Host").getValue()).isEqualTo("orders");
  }

  @Test
  void aCertificateForAnotherHostIsTheLibrarysToTell() throws Exception {
    SSLPeerUnverifiedException another = new SSLPeerUnverifiedException("not for orders");
    PlainConnectionSocketFactory distrusting =
        new PlainConnectionSocketFactory() {
          @Override
          public Socket connectSocket(
              int timeout,
              Socket socket,
              HttpHost host,
              InetSocketAddress remote,
              InetSocketAddress local,
              HttpContext context)
              throws IOException {
            throw another;
          }
        };
    ScriptedAttempt attempt = ScriptedMesh.attempt(servers.echo("x"));
    mesh.script(
        "orders",
        head ->
            new Call(head).then(attempt).retrying(outcome -> outcome.failure == Failure.CONNECT));
    try (CloseableHttpClient strict =
        client(
            new BasicHttpClientConnectionManager(
                RegistryBuilder.<ConnectionSocketFactory>create()
                    .register("http", distrusting)
                    .build()))) {
      assertThatThrownBy(() -> strict.execute(new HttpGet("http://orders/"))).isSameAs(another);
    }
    assertFailures(Failure.OTHER);
  }

  private int status(String uri, HttpClientContext context) throws IOException {
    try (CloseableHttpResponse response = client.execute(new HttpGet(uri), context)) {
      EntityUtils.consume(response.getEntity());
      return response.getStatusLine().getStatusCode();
    }
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    RequestBuilder request = RequestBuilder.create(method).setUri(uri);
    if (body != null) {
      request.setEntity(new StringEntity(body));
    }
    if (timeoutMillis > 0) {
      request.setConfig(RequestConfig.custom().setSocketTimeout(timeoutMillis).build());
    }
    try (CloseableHttpResponse response = client.execute(request.build())) {
      return Answers.of(response);
    }
  }
}
