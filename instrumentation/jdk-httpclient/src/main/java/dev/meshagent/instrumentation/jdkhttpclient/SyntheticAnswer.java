package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.engine.call.Step;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** A response that no server sent, given to the application's own body handler. Immutable. */
final class SyntheticAnswer {
  private static final byte[] NOTHING = new byte[0];

  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;

  /**
   * @param withBody false for HEAD, whose answer tells the length of a body that does not come
   */
  private SyntheticAnswer(int status, Map<String, String> headers, byte[] body, boolean withBody) {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, Collections.singletonList(value)));
    if (status != 204 && headers.keySet().stream().noneMatch("content-length"::equalsIgnoreCase)) {
      lists.put("content-length", Collections.singletonList(Integer.toString(body.length)));
    }
    this.status = status;
    this.headers = HttpHeaders.of(lists, (name, value) -> true);
    this.body = withBody ? body : NOTHING;
  }

  static SyntheticAnswer of(Step.Respond step, String method) {
    return new SyntheticAnswer(step.status, step.headers, step.body, !method.equals("HEAD"));
  }

  static SyntheticAnswer of(Step.Redirect step) {
    return new SyntheticAnswer(
        step.status, Collections.singletonMap("location", step.location), NOTHING, true);
  }

  int status() {
    return status;
  }

  HttpHeaders headers() {
    return headers;
  }

  <T> CompletableFuture<T> body(BodyHandler<T> handler) {
    try {
      BodySubscriber<T> subscriber = handler.apply(new Info());
      subscriber.onSubscribe(new WholeBody(subscriber));
      return subscriber.getBody().toCompletableFuture();
    } catch (Throwable e) {
      CompletableFuture<T> failed = new CompletableFuture<>();
      failed.completeExceptionally(e);
      return failed;
    }
  }

  /** Gives the body in one piece when it is first asked for. */
  private final class WholeBody implements Flow.Subscription {
    private final BodySubscriber<?> subscriber;
    private final AtomicBoolean over = new AtomicBoolean();

    WholeBody(BodySubscriber<?> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      if (!over.compareAndSet(false, true)) {
        return;
      }
      if (n <= 0) {
        subscriber.onError(new IllegalArgumentException("non-positive subscription request"));
        return;
      }
      if (body.length > 0) {
        subscriber.onNext(List.of(ByteBuffer.wrap(body).asReadOnlyBuffer()));
      }
      subscriber.onComplete();
    }

    @Override
    public void cancel() {
      over.set(true);
    }
  }

  /** What a handler is told of the response before its body. */
  private final class Info implements ResponseInfo {
    @Override
    public int statusCode() {
      return status;
    }

    @Override
    public HttpHeaders headers() {
      return headers;
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}
