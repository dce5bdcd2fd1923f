package dev.meshagent.instrumentation.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/**
 * The header by which trailers say when to try again, and whether at all (gRFC A6). What the mesh
 * writes there for gRPC, which reads it before it retries, the application does not get to see.
 * Immutable.
 */
final class Pushback {
  /** In ms; negative for not at all. */
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** What the trailers came with. */
  final Status status;

  private final Metadata trailers;
  private final String before;

  private Pushback(Status status, Metadata trailers, String before) {
    this.status = status;
    this.trailers = trailers;
    this.before = before;
  }

  /** Has gRPC retry or hedge after so many ms, or not at all if they are negative. */
  static Pushback write(Status status, Metadata trailers, long millis) {
    Pushback written = new Pushback(status, trailers, trailers.get(HEADER));
    put(trailers, Long.toString(millis));
    return written;
  }

  /** Makes trailers what they were, if it was written into them. */
  void undo(Metadata seen) {
    if (seen == trailers) {
      put(trailers, before);
    }
  }

  private static void put(Metadata trailers, String millis) {
    trailers.discardAll(HEADER);
    if (millis != null) {
      trailers.put(HEADER, millis);
    }
  }

  /** What a server says: -1 for nothing, {@link Long#MAX_VALUE} for not at all. */
  static long nanos(Metadata trailers) {
    String millis = trailers.get(HEADER);
    if (millis == null) {
      return -1;
    }
    try {
      int value = Integer.parseInt(millis);
      return value < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(value);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
