package dev.meshagent.instrumentation.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * What gRPC answers the application, which hears it as the mesh leaves it: with the header
 * operations of the route, and the end in the words for the application.
 */
abstract class RpcAnswers extends RpcPlaces {
  /** The application's; null before the start. */
  private ClientCall.Listener<Object> listener;

  private boolean headed;

  RpcAnswers(
      MeshNameResolver resolver,
      Executor executor,
      MethodDescriptor<?, ?> method,
      Metadata headers,
      boolean retries) {
    super(resolver, executor, method, headers, retries);
  }

  /** What gRPC is to tell instead of the application's listener. */
  @SuppressWarnings("unchecked") // What comes is passed on as it is.
  final <S> ClientCall.Listener<S> before(ClientCall.Listener<S> theirs) {
    listener = (ClientCall.Listener<Object>) theirs;
    return (ClientCall.Listener<S>) (ClientCall.Listener<?>) this;
  }

  /** The call is over for the application. */
  abstract void over(Metadata trailers);

  /** The end of the call in the words for the application. */
  abstract Status worded(Status status);

  @Override
  public final void onHeaders(Metadata headers) {
    headed = true;
    change(headers);
    listener.onHeaders(headers);
  }

  /** As the route says; an error of the agent's is none of the answer's. */
  private void change(Metadata received) {
    try {
      HeaderChanges.apply(responseHeaders(), received);
    } catch (RuntimeException | LinkageError e) {
      resolver.mesh.agentError("grpc.answer", e);
    }
  }

  @Override
  public final void onMessage(Object message) {
    listener.onMessage(message);
  }

  @Override
  public final void onReady() {
    listener.onReady();
  }

  @Override
  public final void onClose(Status status, Metadata trailers) {
    Status end = status;
    try {
      end = worded(status);
      over(trailers);
    } catch (RuntimeException | LinkageError e) {
      resolver.mesh.agentError("grpc.answer", e);
    }
    if (!headed) {
      change(trailers);
    }
    listener.onClose(end, trailers);
  }
}
