package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.Copies;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A copy of a call's one request that is sent aside over the same channel, to the endpoint that the
 * engine names. Its responses are read to their end, and not even parsed. Thread-safe.
 */
final class Mirror extends Carrier {
  /** So many copies of a channel may be under way; what comes beyond is not sent. */
  static final int MOST = 256;

  private static final Outcome NOT_SENT = Outcome.failure(Outcome.Failure.CANCELLED, null);

  private static final MethodDescriptor.Marshaller<Object> UNREAD =
      new MethodDescriptor.Marshaller<Object>() {
        @Override
        public InputStream stream(Object value) {
          throw new UnsupportedOperationException("a client sends no response");
        }

        @Override
        public Object parse(InputStream response) {
          return response;
        }
      };

  private final RpcSteps of;
  private final MeshCall call;
  private final Attempt attempt;
  private final AtomicInteger underWay;

  /** True while it counts among those under way. */
  private boolean counted;

  private ClientCall<?, ?> sent;
  private Link link;
  private Metadata changed;

  /**
   * @param of the call that is copied
   */
  Mirror(MeshConfigSelector selector, RpcSteps of, Attempt attempt) {
    super(selector.executor);
    this.of = of;
    this.call = of.call();
    this.attempt = attempt;
    this.underWay = selector.resolver.copies;
  }

  /**
   * Sends it, if not too many are under way.
   *
   * @param options of the call that is copied
   */
  <Q> void send(Channel channel, MethodDescriptor<Q, ?> method, CallOptions options, Q message) {
    counted = true;
    if (underWay.incrementAndGet() > MOST) {
      end(NOT_SENT);
      return;
    }
    boolean whole = false;
    try {
      ClientCall<Q, Object> copy =
          channel.newCall(
              Rewrites.method(
                  attempt, method.toBuilder(method.getRequestMarshaller(), UNREAD).build()),
              options(options));
      sent = copy;
      Metadata headers = new Metadata();
      headers.merge(of.headers);
      copy.start(this, headers);
      copy.request(2); // As gRPC's stubs do: one message, and the end after it.
      copy.sendMessage(message);
      copy.halfClose();
      whole = true;
    } finally {
      if (!whole) {
        end(NOT_SENT);
      }
    }
  }

  /** Tells the engine, which ignores it if it was told already. */
  private void end(Outcome outcome) {
    of.lock.lock();
    try {
      if (counted) {
        counted = false;
        underWay.decrementAndGet();
      }
      call.finish(attempt, outcome);
      call.release(attempt);
    } finally {
      of.lock.unlock();
    }
  }

  /** Nothing of what the application watches its own call by; never longer than by default. */
  private CallOptions options(CallOptions theirs) {
    CallOptions own =
        Rewrites.options(attempt, CallOptions.DEFAULT.withExecutor(this))
            .withDeadlineAfter(
                Math.min(attempt.timeoutNanos, Copies.DEFAULT_LIMIT_NANOS), TimeUnit.NANOSECONDS)
            .withCallCredentials(theirs.getCredentials())
            .withCompression(theirs.getCompressor());
    return own.getAuthority() == null ? own.withAuthority(theirs.getAuthority()) : own;
  }

  @Override
  PickResult pick(PickSubchannelArgs args, MeshLoadBalancer balancer) {
    of.lock.lock();
    try {
      if (link == null || link.state() == Link.State.CLOSED) {
        link = balancer.link(attempt);
      }
      switch (link.state()) {
        case READY:
          link.used();
          if (changed != args.getHeaders()) {
            changed = args.getHeaders();
            HeaderChanges.apply(attempt.requestHeaders(), changed);
          }
          return link.place();
        case FAILED:
          end(Outcome.failure(link.failureKind(), link.failure()));
          return PickResult.withDrop(Status.UNAVAILABLE);
        default:
          return PickResult.withNoResult();
      }
    } finally {
      of.lock.unlock();
    }
  }

  @Override
  ClientStreamTracer tracer(Metadata headers) {
    return new Watch();
  }

  @Override
  public void onMessage(Object message) {
    sent.request(1);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    end(NOT_SENT);
  }

  private final class Watch extends StreamWatch {
    @Override
    Mesh mesh() {
      return of.resolver.mesh;
    }

    @Override
    void responding() {
      if (!of.method.getType().serverSendsOneMessage()) {
        // As for any stream: when it answers says something of the endpoint, how long it lasts not.
        of.lock.lock();
        try {
          call.finish(attempt, Outcomes.ok());
        } finally {
          of.lock.unlock();
        }
      }
    }

    @Override
    void ended(Status status, Metadata received) {
      end(Outcomes.of(status, received, true));
    }
  }
}
