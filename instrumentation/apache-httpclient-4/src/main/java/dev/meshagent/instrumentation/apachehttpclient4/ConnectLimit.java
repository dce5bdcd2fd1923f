package dev.meshagent.instrumentation.apachehttpclient4;

import java.util.concurrent.TimeUnit;
import org.apache.http.client.config.RequestConfig;

/** Puts an attempt's limit for connecting where the library looks for it. */
final class ConnectLimit {
  private ConnectLimit() {}

  /**
   * @param nanos {@link Long#MAX_VALUE} for none
   * @return the same configuration if its own limit is as tight
   */
  static RequestConfig within(RequestConfig config, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      return config;
    }
    long millis = Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    int own = config.getConnectTimeout();
    return own > 0 && own <= millis
        ? config
        : RequestConfig.copy(config).setConnectTimeout((int) millis).build();
  }
}
