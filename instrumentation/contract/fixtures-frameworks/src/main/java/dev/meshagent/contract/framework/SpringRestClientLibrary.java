package dev.meshagent.contract.framework;

import dev.meshagent.contract.BlockingClient;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Spring's RestClient over the JDK's HttpClient. */
public final class SpringRestClientLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(Feature.BLOCKING, Feature.REPLACES_CLOSED);
  }

  @Override
  public Client open(Options options) {
    JdkClientHttpRequestFactory requests =
        new JdkClientHttpRequestFactory(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(
                    options.redirects ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build());
    if (options.timeoutMillis != 0) {
      requests.setReadTimeout(Duration.ofMillis(options.timeoutMillis));
    }
    RestClient client = RestClient.builder().requestFactory(requests).build();
    return new BlockingClient() {
      @Override
      public Reply call(Request request) {
        RestClient.RequestBodySpec written =
            client
                .method(HttpMethod.valueOf(request.method))
                .uri(URI.create(request.url))
                .headers(headers -> request.headers.forEach(headers::add));
        if (request.body != null) {
          written.body(request.body.bytes());
        }
        return written.exchange((sent, response) -> SpringReplies.of(request, response));
      }

      @Override
      public void close() {
        // Neither this client nor the JDK's has to be closed before JDK 21.
      }
    };
  }
}
