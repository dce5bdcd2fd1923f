package dev.meshagent.instrumentation.reactornetty;

import io.netty.channel.Channel;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.util.context.Context;

/**
 * What the library holds of an exchange before its response: a connection only in name, to break
 * the exchange off by, and the subscription that it came from. Thread-safe.
 */
final class Promised implements Connection, Subscription {
  private final CoreSubscriber<? super Connection> library;
  private final Hop hop;
  private volatile Connection passed;

  /**
   * @param hop is told when the application gives up before the library was let go on
   */
  Promised(CoreSubscriber<? super Connection> library, Hop hop) {
    this.library = library;
    this.hop = hop;
  }

  /** Gives itself to the library. */
  void give() {
    library.onSubscribe(this);
    library.onNext(this);
  }

  void fail(Throwable error) {
    library.onError(error);
  }

  /** Lets the library acquire a connection as it would, for a call that is not the mesh's. */
  void pass(Exchange exchange) {
    exchange.acquire(exchange.observer).subscribe(new Passing());
  }

  @Override
  public void request(long n) {
    // What is emitted is one, and is not wanted in pieces.
  }

  @Override
  public void cancel() {
    Connection own = passed;
    if (own != null) {
      own.dispose();
    } else {
      hop.cancelled();
    }
  }

  @Override
  public Channel channel() {
    Connection own = passed;
    return own == null ? null : own.channel();
  }

  @Override
  public void dispose() {
    cancel();
  }

  @Override
  public boolean isDisposed() {
    return false;
  }

  private final class Passing implements CoreSubscriber<Connection> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Connection connection) {
      passed = connection;
    }

    @Override
    public void onError(Throwable error) {
      library.onError(error);
    }

    @Override
    public void onComplete() {
      // The connection came before.
    }

    @Override
    public Context currentContext() {
      return library.currentContext();
    }
  }
}
