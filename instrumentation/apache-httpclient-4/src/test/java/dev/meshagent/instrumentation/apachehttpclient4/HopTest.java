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
import java.io.OutputStream;
import java.net.ConnectException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.execchain.ClientExecChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The wrapper in a client that was put together by hand, against an engine whose answers are
 * written beforehand. What weaving brings is for the contract suite.
 */
class HopTest extends BlockingBehaviours {
  private final CloseableHttpClient client =
      new HttpClientBuilder() {
        @Override
        protected ClientExecChain decorateMainExec(ClientExecChain main) {
          return (ClientExecChain) MeshExec.around(main);
        }
      }.disableAutomaticRetries().build();

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
