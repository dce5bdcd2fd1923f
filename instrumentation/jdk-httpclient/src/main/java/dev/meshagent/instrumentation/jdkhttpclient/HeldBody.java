package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * A body that the client's subscriber keeps to itself until it is whole, as for {@code ofString}.
 * Should it break, the application has seen nothing of it, nor of its head: the engine is asked
 * whether there is to be a further attempt, and the response of that takes its place.
 *
 * <p>There is one for most calls, so it is one object: the future of the body, this one or that of
 * a later attempt, and what is told how the first one ended.
 */
final class HeldBody extends CompletableFuture<Object> implements BiConsumer<Object, Throwable> {
  private static final int NO_CONTENT = 204;

  private final Hop hop;
  private final Object handler;

  /** Ends what is done for this body when the request's own timeout passes, or null. */
  private Mesh.Timeout timer;

  /**
   * @param exchange over which the body comes
   */
  HeldBody(Hop hop, Object exchange, Object handler) {
    this.hop = hop;
    this.handler = handler;
    hop.readsOver(exchange);
  }

  /** The body's future, as the client made it, ended. */
  @Override
  public void accept(Object value, Throwable thrown) {
    if (thrown == null || !askAgain(thrown)) {
      end(value, thrown);
    }
  }

  /** True if another attempt is under way, which ends the body's future. */
  private boolean askAgain(Throwable thrown) {
    try {
      Throwable cause = Outcomes.cause(thrown);
      long left = timeLeft();
      if (!(cause instanceof IOException) || left <= 0 || !Judge.broken(hop, (IOException) cause)) {
        return false;
      }
      if (left != Long.MAX_VALUE) {
        timer = hop.mesh().schedule(this::timedOut, left, TimeUnit.NANOSECONDS);
      }
      // Not here: the connection that broke is still being put away.
      ClientInternals.execute(hop.multi(), () -> attempt(thrown));
      return true;
    } catch (Throwable e) {
      hop.mesh().agentError(JdkHttpClientModule.NAME, e);
      return false;
    }
  }

  /**
   * In ns, of the request's timeout, which is for the head alone and so must bound this one too.
   */
  private long timeLeft() {
    Duration timeout = ((HttpRequest) hop.request()).timeout().orElse(null);
    return timeout == null
        ? Long.MAX_VALUE
        : hop.startedNanos() + timeout.toNanos() - System.nanoTime();
  }

  private void timedOut() {
    try {
      ClientInternals.cancelAll(hop.multi(), new HttpTimeoutException(SentAttempt.TIMED_OUT));
    } catch (Throwable e) {
      hop.mesh().agentError(JdkHttpClientModule.NAME, e);
    }
  }

  private void attempt(Throwable broken) {
    hop.again()
        .whenComplete(
            (response, failed) -> {
              stopTimer();
              if (failed != null) {
                end(null, failed);
                return;
              }
              try {
                read(response, broken);
              } catch (Throwable e) {
                hop.mesh().agentError(JdkHttpClientModule.NAME, e);
                end(null, broken);
              }
            });
  }

  private void read(Object response, Throwable broken) {
    Object exchange = hop.current.exchange();
    try {
      if (ClientInternals.status(response) == NO_CONTENT
          || ClientInternals.responseFilters(hop.multi(), response) != null) {
        // A redirect or a challenge, which began a further exchange if the first head had been one.
        ClientInternals.cancel(exchange, new IOException("response dropped", broken));
        end(null, broken);
        return;
      }
    } catch (IOException filtered) {
      end(null, filtered);
      return;
    }
    Hops.headOf(hop.readOver, response);
    ClientInternals.readBody(exchange, handler).whenComplete(this::end);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void end(Object value, Throwable thrown) {
    Hops.remove(hop);
    hop.current.release();
    if (thrown == null) {
      complete(value);
    } else {
      Hops.headOf(hop.readOver, null);
      completeExceptionally(thrown);
    }
  }
}
