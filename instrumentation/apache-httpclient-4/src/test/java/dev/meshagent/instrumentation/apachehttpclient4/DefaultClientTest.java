package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.commons.logging.LogFactory;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.HttpResponse;
import org.apache.http.client.AuthenticationStrategy;
import org.apache.http.client.HttpRequestRetryHandler;
import org.apache.http.client.RedirectStrategy;
import org.apache.http.client.RequestDirector;
import org.apache.http.client.UserTokenHandler;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.conn.ClientConnectionOperator;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.routing.HttpRoutePlanner;
import org.apache.http.conn.scheme.SchemeRegistry;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.DefaultRequestDirector;
import org.apache.http.impl.conn.DefaultClientConnectionOperator;
import org.apache.http.impl.conn.PoolingClientConnectionManager;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpProcessor;
import org.apache.http.protocol.HttpRequestExecutor;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.api.AfterEach;

/**
 * The deprecated client with what its advice does done by hand, since its classes are too old to be
 * woven by the harness, against an engine whose answers are written beforehand.
 */
class DefaultClientTest extends BlockingBehaviours {
  private final DefaultHttpClient client = new Advised();

  @AfterEach
  void close() {
    client.getConnectionManager().shutdown();
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    RequestBuilder builder = RequestBuilder.create(method).setUri(uri);
    if (body != null) {
      builder.setEntity(new StringEntity(body));
    }
    HttpUriRequest request = builder.build();
    HttpConnectionParams.setSoTimeout(client.getParams(), timeoutMillis);
    HttpResponse response = client.execute(request);
    try {
      return Answers.of(response);
    } finally {
      EntityUtils.consume(response.getEntity());
    }
  }

  private static final class Advised extends DefaultHttpClient {
    Advised() {
      super(new Pool());
      setHttpRequestRetryHandler(new DefaultHttpRequestRetryHandler(0, false));
    }

    @Override
    protected RequestDirector createClientRequestDirector(
        HttpRequestExecutor executor,
        ClientConnectionManager connections,
        ConnectionReuseStrategy reuse,
        ConnectionKeepAliveStrategy keepAlive,
        HttpRoutePlanner routes,
        HttpProcessor processor,
        HttpRequestRetryHandler retries,
        RedirectStrategy redirects,
        AuthenticationStrategy target,
        AuthenticationStrategy proxy,
        UserTokenHandler user,
        HttpParams params) {
      Object[] arguments = {null, executor, connections, reuse, keepAlive, params};
      return new DefaultRequestDirector(
          LogFactory.getLog(getClass()),
          executor,
          (ClientConnectionManager) DirectedManager.in(arguments),
          reuse,
          keepAlive,
          routes,
          processor,
          retries,
          redirects,
          target,
          proxy,
          user,
          params);
    }
  }

  private static final class Pool extends PoolingClientConnectionManager {
    @Override
    protected ClientConnectionOperator createConnectionOperator(SchemeRegistry schemes) {
      return new DefaultClientConnectionOperator(schemes) {
        @Override
        protected InetAddress[] resolveHostname(String host) throws UnknownHostException {
          InetAddress[] pinned = Pins.addresses();
          return pinned == null ? super.resolveHostname(host) : pinned;
        }
      };
    }
  }
}
