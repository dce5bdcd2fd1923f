package dev.meshagent.contract.framework;

import dev.meshagent.contract.BlockingClient;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/** Spring's RestTemplate over Apache HttpClient 5. */
public final class SpringRestTemplateLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(
        Feature.BLOCKING, Feature.REDIRECTS, Feature.REPLACES_CLOSED, Feature.REPEATS_UNAVAILABLE);
  }

  @Override
  public Client open(Options options) {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setMaxTotal(200);
    connections.setDefaultMaxPerRoute(200);
    HttpClientBuilder builder = HttpClientBuilder.create().setConnectionManager(connections);
    if (!options.redirects) {
      builder.disableRedirectHandling();
    }
    CloseableHttpClient http = builder.build();
    HttpComponentsClientHttpRequestFactory requests =
        new HttpComponentsClientHttpRequestFactory(http);
    if (options.timeoutMillis != 0) {
      requests.setReadTimeout(options.timeoutMillis);
    }
    RestTemplate template = new RestTemplate(requests);
    template.setErrorHandler(response -> false);
    return new BlockingClient() {
      @Override
      public Reply call(Request request) {
        return template.execute(
            URI.create(request.url),
            HttpMethod.valueOf(request.method),
            written -> {
              request.headers.forEach(written.getHeaders()::add);
              if (request.body != null) {
                written.getBody().write(request.body.bytes());
              }
            },
            response -> SpringReplies.of(request, response));
      }

      @Override
      public void close() throws IOException {
        http.close();
      }
    };
  }
}
