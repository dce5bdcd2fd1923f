package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Outcome.Failure;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import java.net.SocketAddress;

/**
 * The connection of a channel to one endpoint, from when a call first asked for it until it is lost
 * or closed; a lost one is not mended but made anew, if a call asks again. States change in the
 * channel's synchronization context and are read by any thread.
 */
final class Link implements SubchannelStateListener {
  enum State {
    CONNECTING,
    READY,
    /** No connection was made: who waited for it goes elsewhere. */
    FAILED,
    /** It was there and is no more. */
    CLOSED
  }

  final String key;
  final String uid;
  private final String ip;
  private final int port;
  final SocketAddress address;
  final long connectTimeoutNanos;
  final long idleTimeoutNanos;

  private final MeshLoadBalancer balancer;
  private volatile State state = State.CONNECTING;
  private volatile Subchannel subchannel;
  private volatile PickResult place;
  private volatile Status failure;
  private volatile boolean timedOut;
  private volatile long usedNanos = System.nanoTime();

  /**
   * @param address null if there is none to connect to
   * @param connectTimeoutNanos {@link Long#MAX_VALUE} for the transport's own
   */
  Link(
      MeshLoadBalancer balancer,
      String key,
      String uid,
      String ip,
      int port,
      SocketAddress address,
      long connectTimeoutNanos,
      long idleTimeoutNanos) {
    this.balancer = balancer;
    this.key = key;
    this.uid = uid;
    this.ip = ip;
    this.port = port;
    this.address = address;
    this.connectTimeoutNanos = connectTimeoutNanos;
    this.idleTimeoutNanos = idleTimeoutNanos;
  }

  /** True while it leads there, or is about to. */
  boolean serves(String otherIp, int otherPort) {
    State now = state;
    return (now == State.READY || now == State.CONNECTING)
        && port == otherPort
        && ip.equals(otherIp);
  }

  State state() {
    return state;
  }

  /** The place of a stream whose options carry what watches it. */
  PickResult place() {
    return place;
  }

  Subchannel subchannel() {
    return subchannel;
  }

  /** Notes that a call goes over it. */
  void used() {
    usedNanos = System.nanoTime();
  }

  boolean unusedFor(long nanos) {
    return System.nanoTime() - usedNanos > nanos;
  }

  Throwable failure() {
    return failure.getCause() == null ? failure.asException() : failure.getCause();
  }

  Failure failureKind() {
    return timedOut ? Failure.CONNECT_TIMEOUT : Failure.CONNECT;
  }

  void connect(Subchannel newSubchannel) {
    subchannel = newSubchannel;
    place = PickResult.withSubchannel(newSubchannel, Carrier.TRACERS);
    newSubchannel.start(this);
    newSubchannel.requestConnection();
  }

  void timeOut() {
    if (state == State.CONNECTING) {
      timedOut = true;
      fail(Status.UNAVAILABLE.withDescription("connect timed out: " + address));
    }
  }

  void fail(Status status) {
    failure = status;
    end(State.FAILED);
  }

  void close() {
    end(State.CLOSED);
  }

  private void end(State last) {
    if (state == State.FAILED || state == State.CLOSED) {
      return;
    }
    state = last;
    if (subchannel != null) {
      subchannel.shutdown(); // Streams on it go on to their end.
    }
    balancer.ended(this);
  }

  @Override
  public void onSubchannelState(ConnectivityStateInfo info) {
    try {
      switch (info.getState()) {
        case READY:
          state = State.READY;
          balancer.ready();
          break;
        case TRANSIENT_FAILURE:
          fail(info.getStatus());
          break;
        case IDLE:
          close();
          break;
        default:
          break;
      }
    } catch (RuntimeException | LinkageError e) {
      balancer.error("grpc.connection", e);
    }
  }
}
