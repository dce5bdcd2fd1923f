package dev.meshagent.instrumentation.apachehttpclient5;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.util.Timeout;

/** Puts an attempt's limit for connecting where the library looks for it. */
final class ConnectLimit {
  private ConnectLimit() {}

  /**
   * @param nanos {@link Long#MAX_VALUE} for none
   * @return the same configuration if its own limit is as tight
   */
  static RequestConfig within(RequestConfig config, long nanos) {
    if (nanos == Long.MAX_VALUE || config == null) {
      return config;
    }
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    Timeout own = config.getConnectTimeout();
    return own != null && !own.isDisabled() && own.toMilliseconds() <= millis
        ? config
        : RequestConfig.copy(config).setConnectTimeout(Timeout.ofMilliseconds(millis)).build();
  }
}
