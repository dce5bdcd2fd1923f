package dev.meshagent.contract.framework;

import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/** Spring's RestClient over the JDK's HttpClient. */
public final class SpringRestClientLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(Feature.BLOCKING, Feature.REDIRECTS, Feature.REPLACES_CLOSED);
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
    // Neither this client nor the JDK's has to be closed before JDK 21.
    return new SpringRestClient(requests, () -> {});
  }
}
