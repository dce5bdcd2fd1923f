package dev.meshagent.contract.framework;

import dev.meshagent.contract.AsynchronousClient;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Spring's WebClient over Reactor Netty. */
public final class SpringWebClientLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(
        Feature.ASYNC, Feature.REDIRECTS, Feature.REPLACES_CLOSED, Feature.RELEASES_LATE);
  }

  @Override
  public Client open(Options options) {
    ConnectionProvider connections =
        ConnectionProvider.builder("contract")
            .maxConnections(200)
            .pendingAcquireMaxCount(-1)
            .build();
    HttpClient http = HttpClient.create(connections).followRedirect(options.redirects);
    if (options.timeoutMillis != 0) {
      http = http.responseTimeout(Duration.ofMillis(options.timeoutMillis));
    }
    WebClient client =
        WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
    return new AsynchronousClient() {
      @Override
      public CompletableFuture<Reply> start(Request request) {
        WebClient.RequestBodySpec written =
            client
                .method(HttpMethod.valueOf(request.method))
                .uri(URI.create(request.url))
                .headers(headers -> request.headers.forEach(headers::add));
        if (request.body != null) {
          written.bodyValue(request.body.bytes());
        }
        return written
            .exchangeToMono(
                response -> {
                  Reply.Builder reply = new Reply.Builder(status(response));
                  response
                      .headers()
                      .asHttpHeaders()
                      .forEach(
                          (name, values) -> values.forEach(value -> reply.header(name, value)));
                  return response
                      .bodyToFlux(byte[].class)
                      .doOnNext(bytes -> reply.append(bytes, 0, bytes.length))
                      .then()
                      .thenReturn(reply)
                      .map(Reply.Builder::build);
                })
            .toFuture();
      }

      /** By the one name that 5.3 has as well as 6. */
      @SuppressWarnings("removal")
      private int status(ClientResponse response) {
        return response.rawStatusCode();
      }

      @Override
      public void close() {
        connections.dispose();
      }
    };
  }
}
