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
 * treats its own better than any other; for those the future tells. Tells the leg which kind it is.
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
  private final Leg leg;

  WatchingHandler(BodyHandler<T> handler, Leg leg) {
    this.handler = handler;
    this.leg = leg;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    BodySubscriber<T> subscriber = handler.apply(changed(info));
    String name =
        subscriber == null ? "" : ClientInternals.unmapped(subscriber).getClass().getName();
    if (HOLDING.contains(name)) {
      leg.holds();
      return subscriber;
    }
    if (subscriber == null || GATHERING.contains(name)) {
      return subscriber;
    }
    leg.streams();
    return new Watching<>(subscriber, leg);
  }

  /** As the policy says; an error of the agent's leaves it as it came. */
  private ResponseInfo changed(ResponseInfo info) {
    try {
      HeaderOps changes = leg.responseHeaders();
      return changes.isEmpty() ? info : new ChangedInfo(info, changes);
    } catch (RuntimeException | LinkageError e) {
      leg.hop().mesh().agentError(JdkHttpClientModule.NAME, e);
      return info;
    }
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
    private final Leg leg;

    Watching(BodySubscriber<T> subscriber, Leg leg) {
      this.subscriber = subscriber;
      this.leg = leg;
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
              leg.release();
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
      leg.release();
      subscriber.onError(thrown);
    }

    @Override
    public void onComplete() {
      leg.release();
      subscriber.onComplete();
    }
  }
}
