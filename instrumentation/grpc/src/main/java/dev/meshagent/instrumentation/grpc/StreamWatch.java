package dev.meshagent.instrumentation.grpc;

import dev.meshagent.spi.Mesh;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Hears from the transport how a stream is answered and ends. An error of the agent's does not
 * reach the transport: the call would never hear of its end, nor others on the connection.
 */
abstract class StreamWatch extends ClientStreamTracer {
  private volatile Metadata trailers;

  abstract Mesh mesh();

  /** The head of the response came. */
  abstract void responding();

  /**
   * The stream is over.
   *
   * @param received of the server, or null if none came
   */
  abstract void ended(Status status, Metadata received);

  @Override
  public final void inboundHeaders() {
    try {
      responding();
    } catch (RuntimeException | LinkageError e) {
      mesh().agentError("grpc.stream", e);
    }
  }

  @Override
  public final void inboundTrailers(Metadata received) {
    trailers = received;
  }

  @Override
  public final void streamClosed(Status status) {
    try {
      ended(status, trailers);
    } catch (RuntimeException | LinkageError e) {
      mesh().agentError("grpc.stream", e);
    }
  }
}
