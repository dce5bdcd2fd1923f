package dev.meshagent.bench.call.client;

import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Reactor Netty, waited for. */
final class ReactorNettyCalls implements Client {
  private final HttpClient.ResponseReceiver<?> get;

  ReactorNettyCalls(String url) {
    get = HttpClient.create(ConnectionProvider.create("calls", Library.CONNECTIONS)).get().uri(url);
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
