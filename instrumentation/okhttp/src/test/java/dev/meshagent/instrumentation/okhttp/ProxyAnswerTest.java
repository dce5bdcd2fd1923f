package dev.meshagent.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

class ProxyAnswerTest {
  private static final HttpUrl ORDERS = HttpUrl.get("http://orders/a?b=c");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Selector selector = new Selector();

  private static final class Selector extends ProxySelector {
    final List<URI> asked = new ArrayList<>();
    Proxy answer = Proxy.NO_PROXY;

    @Override
    public List<Proxy> select(URI uri) {
      asked.add(uri);
      return List.of(answer);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

    void answerWithProxy() {
      answer = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 3128));
    }
  }

  @Test
  void aSelectorIsAskedForTheServerAloneAsOkHttpAsksIt() {
    assertThat(ProxyAnswer.of(selector, ORDERS, 0)).isFalse();

    assertThat(selector.asked).containsExactly(URI.create("http://orders/"));
  }

  @Test
  void anAnswerHoldsForASecond() {
    ProxyAnswer.of(selector, ORDERS, 0);
    selector.answerWithProxy();

    assertThat(ProxyAnswer.of(selector, ORDERS, SECOND - 1)).isFalse();
    assertThat(ProxyAnswer.of(selector, ORDERS, SECOND)).isTrue();
    assertThat(selector.asked).hasSize(2);
  }

  @Test
  void anAnswerIsOfOneServer() {
    ProxyAnswer.of(selector, ORDERS, 0);
    selector.answerWithProxy();

    assertThat(ProxyAnswer.of(selector, HttpUrl.get("http://orders:81/"), 1)).isTrue();
    assertThat(ProxyAnswer.of(selector, HttpUrl.get("https://orders/"), 1)).isTrue();
    assertThat(ProxyAnswer.of(selector, HttpUrl.get("http://stock/"), 1)).isTrue();
  }

  @Test
  void anAnswerIsOfOneSelector() {
    ProxyAnswer.of(selector, ORDERS, 0);
    Selector other = new Selector();
    other.answerWithProxy();

    assertThat(ProxyAnswer.of(other, ORDERS, 1)).isTrue();
  }
}
