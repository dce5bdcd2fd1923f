package dev.meshagent.contract.framework;

import dev.meshagent.contract.BlockingClient;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.net.URI;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Makes calls through Spring's RestClient, whatever it stands on. */
final class SpringRestClient extends BlockingClient {
  private final RestClient client;
  private final Runnable close;

  SpringRestClient(ClientHttpRequestFactory requests, Runnable close) {
    this.client = RestClient.builder().requestFactory(requests).build();
    this.close = close;
  }

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
    close.run();
  }
}
