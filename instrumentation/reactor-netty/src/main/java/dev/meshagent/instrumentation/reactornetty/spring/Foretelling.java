package dev.meshagent.instrumentation.reactornetty.spring;

import dev.meshagent.instrumentation.reactornetty.Foretold;
import dev.meshagent.spi.drive.HiddenField;
import java.lang.reflect.Field;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

/**
 * Puts the headers of one request into the context of its connection: what {@code mapConnect} gives
 * to the copy of the client that only this request uses. The request knows its client before it
 * knows its headers. Used by one thread at a time.
 */
final class Foretelling
    implements Function<Mono<? extends Connection>, Mono<? extends Connection>> {
  /** What the client has had of this kind; null for none. */
  private final Function<Mono<? extends Connection>, Mono<? extends Connection>> own;

  private volatile HttpHeaders headers;

  private Foretelling(Function<Mono<? extends Connection>, Mono<? extends Connection>> own) {
    this.own = own;
  }

  /** The client for one request; null to leave that which has been given. */
  static Object copyOf(Object client) throws Exception {
    Field connector = connector();
    Object before = connector.get(((HttpClient) client).configuration());
    if (before instanceof Foretelling) {
      return null;
    }
    HttpClient copy = ((HttpClient) client).mapConnect(connecting -> connecting);
    @SuppressWarnings("unchecked")
    Function<Mono<? extends Connection>, Mono<? extends Connection>> own =
        (Function<Mono<? extends Connection>, Mono<? extends Connection>>) before;
    connector.set(copy.configuration(), new Foretelling(own));
    return copy;
  }

  /** The request is sent with these headers. */
  static void complete(Object request, Object headers) throws Exception {
    Field client = HiddenField.of(request.getClass(), "httpClient");
    Object own = connector().get(((HttpClient) client.get(request)).configuration());
    if (own instanceof Foretelling) {
      ((Foretelling) own).headers = (HttpHeaders) headers;
    }
  }

  private static Field connector() throws Exception {
    return HiddenField.of(HttpClientConfig.class, "connector");
  }

  @Override
  public Mono<? extends Connection> apply(Mono<? extends Connection> connecting) {
    Mono<? extends Connection> mapped = own == null ? connecting : own.apply(connecting);
    HttpHeaders known = headers;
    return known == null
        ? mapped
        : mapped.contextWrite(context -> Foretold.in(context, new SpringHeaders(known)));
  }
}
