package dev.meshagent.contract.framework;

import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Spring's RestClient over Reactor Netty, its choice where WebClient is there as well. */
public final class SpringReactorRestClientLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(
        Feature.BLOCKING, Feature.REDIRECTS, Feature.REPLACES_CLOSED, Feature.RELEASES_LATE);
  }

  @Override
  public Client open(Options options) {
    ConnectionProvider connections =
        ConnectionProvider.builder("contract")
            .maxConnections(200)
            .pendingAcquireMaxCount(-1)
            .build();
    ReactorClientHttpRequestFactory requests =
        new ReactorClientHttpRequestFactory(
            HttpClient.create(connections).followRedirect(options.redirects));
    if (options.timeoutMillis != 0) {
      requests.setReadTimeout(Duration.ofMillis(options.timeoutMillis));
    }
    return new SpringRestClient(requests, connections::dispose);
  }
}
