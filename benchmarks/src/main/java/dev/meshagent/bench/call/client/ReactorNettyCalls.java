package dev.meshagent.bench.call.client;

import io.netty.resolver.DefaultAddressResolverGroup;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Reactor Netty, waited for. */
final class ReactorNettyCalls implements Client {
  private final HttpClient.ResponseReceiver<?> get;

  ReactorNettyCalls(String url) {
    get =
        HttpClient.create(ConnectionProvider.create("calls", Library.CONNECTIONS))
            // Names as all other libraries look them up, where they are: Netty asks servers itself.
            .resolver(DefaultAddressResolverGroup.INSTANCE)
            .get()
            .uri(url);
  }

  @Override
  public void call() {
    get.responseSingle(
            (head, body) -> {
              Client.check(head.status().code());
              return body.asString();
            })
        .block();
  }
}
