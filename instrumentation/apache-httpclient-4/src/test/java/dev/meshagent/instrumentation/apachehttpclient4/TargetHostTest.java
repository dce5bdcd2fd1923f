package dev.meshagent.instrumentation.apachehttpclient4;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;
import org.junit.jupiter.api.Test;

class TargetHostTest {
  private static final HttpRoute HTTPS =
      new HttpRoute(new HttpHost("orders", 443, "https"), null, true);

  @Test
  void aHostWithoutAPortHasThatOfItsScheme() {
    assertThat(TargetHost.withPort(new HttpHost("orders", -1, "https"), HTTPS))
        .isEqualTo(new HttpHost("orders", 443, "https"));
    assertThat(TargetHost.withPort(null, HTTPS)).isEqualTo(HTTPS.getTargetHost());
  }

  @Test
  void aHostThatTheRouteDoesNotNameKeepsItsName() {
    assertThat(TargetHost.withPort(new HttpHost("virtual", -1, "https"), HTTPS))
        .isEqualTo(new HttpHost("virtual", 443, "https"));
  }

  @Test
  void aPortThatIsWrittenIsKept() {
    HttpHost written = new HttpHost("orders", 8443, "https");
    assertThat(TargetHost.withPort(written, HTTPS)).isSameAs(written);
  }
}
