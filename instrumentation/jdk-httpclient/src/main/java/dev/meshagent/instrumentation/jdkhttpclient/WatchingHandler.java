package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Sees a body to its end where its future is complete before that, as with an InputStream. The
 * client's subscribers that see the whole body through are left as they are, since the client
 * treats its own better than any other; for those the future tells. Tells the hop which kind it is.
 */
final class WatchingHandler<T> implements BodyHandler<T> {
  private static final String SUBSCRIBERS = "jdk.internal.net.http.ResponseSubscribers$";

  /** They show nothing, and do nothing that can be seen, before the body is whole. */
  private static final Set<String> HOLDING =
      new HashSet<>(
          Arrays.asList(SUBSCRIBERS + "ByteArraySubscriber", SUBSCRIBERS + "NullSubscriber"));

  private static final Set<String> GATHERING =
      new HashSet<>(
          Arrays.asList(SUBSCRIBERS + "PathSubscriber", SUBSCRIBERS + "ConsumerSubscriber"));

  private final BodyHandler<T> handler;
  private final Hop hop;

  WatchingHandler(BodyHandler<T> handler, Hop hop) {
    this.handler = handler;
    this.hop = hop;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    HeaderOps changes = hop.responseHeaders();
    BodySubscriber<T> subscriber =
        handler.apply(changes.isEmpty() ? info : new ChangedInfo(info, changes));
    String name =
        subscriber == null ? "" : ClientInternals.unmapped(subscriber).getClass().getName();
    if (HOLDING.contains(name)) {
      hop.holds();
      return subscriber;
    }
    if (subscriber == null || GATHERING.contains(name)) {
      return subscriber;
    }
    hop.streams();
    return new Watching<>(subscriber, hop);
  }

  /** A head as the application is to see it. */
  private static final class ChangedInfo implements ResponseInfo {
    private final ResponseInfo info;
    private final HttpHeaders headers;

    ChangedInfo(ResponseInfo info, HeaderOps changes) {
      this.info = info;
      this.headers = Rewriting.changed(info.headers(), changes);
    }

    @Override
    public int statusCode() {
      return info.statusCode();
    }

    @Override
    public HttpHeaders headers() {
      return headers;
    }

    @Override
    public HttpClient.Version version() {
      return info.version();
    }
  }

  private static final class Watching<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> subscriber;
    private final Hop hop;

    Watching(BodySubscriber<T> subscriber, Hop hop) {
      this.subscriber = subscriber;
      this.hop = hop;
    }

    @Override
    public CompletionStage<T> getBody() {
      return subscriber.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              subscription.request(n);
            }

            @Override
            public void cancel() {
              hop.release();
              subscription.cancel();
            }
          });
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      subscriber.onNext(item);
    }

    @Override
    public void onError(Throwable thrown) {
      hop.release();
      subscriber.onError(thrown);
    }

    @Override
    public void onComplete() {
      hop.release();
      subscriber.onComplete();
    }
  }
}
