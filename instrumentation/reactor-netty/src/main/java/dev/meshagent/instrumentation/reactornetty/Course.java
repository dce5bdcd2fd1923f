package dev.meshagent.instrumentation.reactornetty;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import reactor.netty.Connection;

/** What a {@link Try} belongs to, which decides what becomes of it. Called on any thread. */
interface Course {
  /** The host as the application wrote it. */
  String host();

  /** Whether a copy of the request is to be sent over a connection, asked before anything is. */
  boolean follows(Connection operations, Attempt attempt);

  /** The head of a response is there. */
  void answered(Try answered, Connection operations);

  /**
   * There is no response, or one that the library makes another exchange of.
   *
   * @param operations null before there was a connection
   */
  void broken(Try broken, Connection operations, Throwable error);

  /**
   * A limit of the attempt ran out.
   *
   * @param connecting whether it is that for the connection, which may be there by now
   */
  void timedOut(Try late, boolean connecting);

  /** Nothing of a delivered attempt is in flight any more. */
  void released(Try released);

  /**
   * The body of the attempt's delivered response broke off; told instead of {@link #released}.
   *
   * @param cause or null
   */
  void bodyBroken(Try broken, Failure failure, Throwable cause);
}
