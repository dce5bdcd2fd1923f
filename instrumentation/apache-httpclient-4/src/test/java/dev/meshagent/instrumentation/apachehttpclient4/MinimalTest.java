package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BlockingBehaviours;
import java.net.URI;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.client.utils.URIUtils;
import org.apache.http.conn.HttpClientConnectionManager;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.DefaultConnectionReuseStrategy;
import org.apache.http.impl.client.DefaultConnectionKeepAliveStrategy;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.execchain.MinimalClientExec;
import org.apache.http.protocol.HttpRequestExecutor;
import org.junit.jupiter.api.AfterEach;

/**
 * A minimal client's one link, put together by hand as {@code MinimalHttpClient} does it and as the
 * advice changes it, against an engine whose answers are written beforehand.
 */
class MinimalTest extends BlockingBehaviours {
  private final HttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
  private final MinimalClientExec link = link();

  private MinimalClientExec link() {
    Object[] arguments = {
      new HttpRequestExecutor(),
      connections,
      DefaultConnectionReuseStrategy.INSTANCE,
      DefaultConnectionKeepAliveStrategy.INSTANCE
    };
    return new MinimalClientExec(
        new HttpRequestExecutor(),
        (HttpClientConnectionManager) MinimalManager.in(arguments),
        DefaultConnectionReuseStrategy.INSTANCE,
        DefaultConnectionKeepAliveStrategy.INSTANCE);
  }

  @AfterEach
  void close() {
    connections.shutdown();
  }

  @Override
  protected boolean followsRedirects() {
    return false;
  }

  /** What the library tells of it is advised. */
  @Override
  protected boolean hearsOfBrokenBodies() {
    return false;
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    RequestBuilder builder = RequestBuilder.create(method).setUri(uri);
    if (body != null) {
      builder.setEntity(new StringEntity(body));
    }
    HttpUriRequest request = builder.build();
    HttpClientContext context = HttpClientContext.create();
    if (timeoutMillis != 0) {
      context.setRequestConfig(RequestConfig.custom().setSocketTimeout(timeoutMillis).build());
    }
    try (CloseableHttpResponse response =
        link.execute(
            new HttpRoute(URIUtils.extractHost(URI.create(uri))),
            HttpRequestWrapper.wrap(request),
            context,
            (HttpExecutionAware) request)) {
      return Answers.of(response);
    }
  }
}
