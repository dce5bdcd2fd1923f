package dev.meshagent.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import dev.meshagent.scripted.Weaving;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultAuthenticationStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.ConnectExec;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The wrapper in a client that was put together by hand, against an engine whose answers are
 * written beforehand. Woven is what tells the end of a body.
 */
class ClassicHopTest extends BlockingBehaviours {
  private final CloseableHttpClient client =
      HttpClientBuilder.create()
          .disableAutomaticRetries()
          .replaceExecInterceptor(
              ChainElement.CONNECT.name(),
              (ExecChainHandler)
                  MeshExec.around(
                      new ConnectExec(
                          DefaultConnectionReuseStrategy.INSTANCE,
                          new DefaultHttpProcessor(new HttpRequestInterceptor[0]),
                          DefaultAuthenticationStrategy.INSTANCE)))
          .build();

  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new ApacheHttpClient5Module());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
  }

  @Test
  void whatTheApplicationsBodyThrowsIsNoErrorOfTheAgent() throws Exception {
    mesh.service("orders", servers.echo("x"));
    HttpUriRequestBase request = new HttpUriRequestBase("POST", URI.create("http://orders/"));
    request.setEntity(
        new HttpEntityWrapper(new StringEntity("")) {
          @Override
          public void writeTo(OutputStream out) {
            throw new IllegalStateException("on purpose");
          }
        });
    assertThatThrownBy(() -> client.execute(request))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("on purpose");
    assertFailures(Failure.OTHER);
  }

  @Test
  void whatTheAgentCouldNotSendIsTheLibrarysToRepeat() throws Exception {
    ScriptedAttempt unsendable = ScriptedMesh.attempt(servers.echo("x"));
    unsendable.broken = new IllegalStateException("broken on purpose");
    mesh.script("localhost", head -> new Call(head).then(unsendable));
    HttpClientContext context = HttpClientContext.create();
    HttpGet request = new HttpGet("http://localhost:" + TestServers.refusing().getPort());

    assertThatThrownBy(() -> client.execute(request, context, response -> null))
        .isInstanceOf(ConnectException.class);

    assertThat(MeshMark.isOn(context)).isFalse();
    assertThat(mesh.errors).containsExactly(unsendable.broken);
    mesh.errors.clear();
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create(uri));
    if (body != null) {
      request.setEntity(new StringEntity(body));
    }
    if (timeoutMillis > 0) {
      request.setConfig(
          RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(timeoutMillis)).build());
    }
    try (CloseableHttpResponse response = client.execute(request)) {
      HttpEntity entity = response.getEntity();
      Answer answer =
          new Answer(response.getCode(), entity == null ? null : EntityUtils.toString(entity));
      for (Header header : response.getHeaders()) {
        answer.header(header.getName(), header.getValue());
      }
      return answer;
    }
  }
}
