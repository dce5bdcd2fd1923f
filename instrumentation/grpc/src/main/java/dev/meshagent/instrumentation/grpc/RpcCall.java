package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Step;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A call of a mesh service. When it is started, and its headers are known, the engine is asked
 * where it goes, and gRPC's own call is made with what the route says of it; whose response passes
 * the mesh's header operations, and whose end the engine hears of.
 */
final class RpcCall<Q, S> extends ForwardingClientCall<Q, S> {
  private final MeshConfigSelector selector;
  private final Channel channel;
  private final MethodDescriptor<Q, S> method;
  private final CallOptions options;
  private final Context context = Context.current();
  private ClientCall<Q, S> delegate;

  /** Null before the start, and where the call is left to gRPC. */
  private Rpc rpc;

  /**
   * @param channel where gRPC's own call comes from
   */
  RpcCall(
      MeshConfigSelector selector,
      Channel channel,
      MethodDescriptor<Q, S> method,
      CallOptions options) {
    this.selector = selector;
    this.channel = channel;
    this.method = method;
    this.options = options;
  }

  @Override
  protected ClientCall<Q, S> delegate() {
    if (delegate == null) {
      delegate = make(method, options); // It complains of not being started, or notes the cancel.
    }
    return delegate;
  }

  @Override
  public boolean isReady() {
    return delegate != null && delegate.isReady();
  }

  @Override
  public Attributes getAttributes() {
    return delegate == null ? Attributes.EMPTY : delegate.getAttributes();
  }

  @Override
  public void start(Listener<S> listener, Metadata headers) {
    Step first = delegate == null ? ask(headers) : null;
    if (first == null) {
      delegate().start(listener, headers);
      return;
    }
    Listener<S> watch = rpc.before(listener);
    if (first.kind != Step.Kind.ATTEMPT) {
      HeldCall<Q, S> held = new HeldCall<>(this, rpc, options);
      delegate = held;
      held.start(watch, headers);
      held.act(() -> first);
      return;
    }
    delegate = make(rpc, (Attempt) first);
    boolean started = false;
    try {
      delegate.start(watch, headers);
      started = true;
    } finally {
      if (!started) {
        rpc.abandon();
      }
    }
  }

  @Override
  public void sendMessage(Q message) {
    delegate().sendMessage(message);
    if (rpc != null && !(delegate instanceof HeldCall)) {
      mirror(message);
    }
  }

  /** What to do first, or null if the call is to be left to gRPC. */
  private Step ask(Metadata headers) {
    MeshNameResolver resolver = selector.resolver;
    try {
      rpc =
          Rpc.open(
              resolver,
              options.getExecutor() == null ? selector.executor : options.getExecutor(),
              method,
              headers,
              selector.retries(options));
      return rpc == null ? null : rpc.first();
    } catch (RuntimeException | LinkageError e) {
      leave(e);
      abandon();
      return null;
    }
  }

  /** The call is gRPC's alone from here on: nothing of it may be left in the engine. */
  private void abandon() {
    Rpc opened = rpc;
    rpc = null;
    if (opened != null) {
      try {
        opened.abandon();
      } catch (RuntimeException | LinkageError e) {
        selector.resolver.mesh.agentError("grpc.call", e);
      }
    }
  }

  private void leave(Throwable error) {
    selector.resolver.mesh.agentError("grpc.call", error);
    selector.resolver.giveUp();
  }

  /**
   * gRPC's call.
   *
   * @param first null if the name is no mesh name any more
   */
  ClientCall<Q, S> make(Rpc rpc, Attempt first) {
    if (first != null) {
      try {
        ClientCall<Q, S> made = make(Rewrites.method(first, method), optionsOf(rpc, first));
        rpc.made(made, first);
        return made;
      } catch (RuntimeException | ReflectiveOperationException | LinkageError e) {
        leave(e);
      }
    }
    rpc.abandon();
    return make(method, options);
  }

  private CallOptions optionsOf(Rpc rpc, Attempt first) throws ReflectiveOperationException {
    CallOptions changed = options.withExecutor(rpc);
    if (selector.retries(options)) {
      if (first.hedgeAfterNanos() != Long.MAX_VALUE) {
        changed = selector.configs.hedged(changed, first.hedgeAfterNanos());
      } else {
        rpc.retryBy(selector.configs.retryPolicy(first.retryPolicy()));
      }
    }
    if (first.callTimeoutNanos() != Long.MAX_VALUE) {
      Deadline deadline = Deadline.after(first.callTimeoutNanos(), TimeUnit.NANOSECONDS);
      Deadline theirs = options.getDeadline();
      changed =
          changed.withDeadline(theirs == null || deadline.isBefore(theirs) ? deadline : theirs);
    }
    return Rewrites.options(first, changed);
  }

  /** As if it were made when the application asked for it. */
  private ClientCall<Q, S> make(MethodDescriptor<Q, S> sent, CallOptions changed) {
    Context previous = context.attach();
    try {
      return channel.newCall(sent, changed);
    } finally {
      context.detach(previous);
    }
  }

  /**
   * Sends copies of a call's one message, whose bytes can be made again. A stream of them is not
   * copied: what a copy cannot take yet would have to be kept for it, or held back from the call.
   */
  void mirror(Q message) {
    if (!method.getType().clientSendsOneMessage() || message instanceof InputStream) {
      return;
    }
    List<Attempt> copies = rpc.copies();
    if (copies.isEmpty()) {
      return;
    }
    Context forked = context.fork(); // A copy does not end with what its call is part of.
    Context previous = forked.attach();
    try {
      for (Attempt copy : copies) {
        mirror(copy, message);
      }
    } finally {
      forked.detach(previous);
    }
  }

  /** A copy that cannot be sent keeps no other from being sent. */
  private void mirror(Attempt copy, Q message) {
    try {
      new Mirror(selector, rpc, copy).send(channel, method, options, message);
    } catch (RuntimeException | LinkageError e) {
      selector.resolver.mesh.agentError("grpc.mirror", e);
    }
  }
}
