package dev.meshagent.engine.call;

import java.util.Collections;
import java.util.Map;

/** What an adapter is to do next; see {@link MeshCall}. Immutable but for {@link Queue}. */
public abstract class Step {

  /** The kinds of step, for a switch. */
  public enum Kind {
    /** Not a call of the mesh after all: go on as if there were no agent. */
    PASS,
    /** Send the request to an endpoint: the step is an {@link Attempt}. */
    ATTEMPT,
    /** Let time pass: a backoff or a delay fault. */
    WAIT,
    /** Parked until something is there: a first snapshot, or a free place at a limit. */
    QUEUE,
    /** Answer with a response that no server sent. */
    RESPOND,
    /** Answer with a redirect that no server sent. */
    REDIRECT,
    /** Fail with the library's own exception. */
    FAIL
  }

  public final Kind kind;

  Step(Kind kind) {
    this.kind = kind;
  }

  /** Go on as if there were no agent. */
  public static final Step PASS = new Step(Kind.PASS) {};

  /**
   * Ask again after {@link #nanos}; {@link Long#MAX_VALUE} if nothing further is due, which only
   * happens while an attempt is in flight.
   */
  public static final class Wait extends Step {
    public final long nanos;

    public Wait(long nanos) {
      super(Kind.WAIT);
      this.nanos = nanos;
    }
  }

  /**
   * Ask again when woken, and at the latest after {@link #maxNanos}. The engine wakes on the thread
   * that freed the place or brought the snapshot, so what is registered must be short and must not
   * throw.
   */
  public abstract static class Queue extends Step {
    public final long maxNanos;

    protected Queue(long maxNanos) {
      super(Kind.QUEUE);
      this.maxNanos = maxNanos;
    }

    /** Registers what to run once when the place is free; runs it at once if it is free by now. */
    public abstract void onWake(Runnable wake);
  }

  /** A response that no server sent. */
  public static final class Respond extends Step {
    public final int status;
    public final Map<String, String> headers;
    public final byte[] body;

    public Respond(int status, Map<String, String> headers, byte[] body) {
      super(Kind.RESPOND);
      this.status = status;
      this.headers = Collections.unmodifiableMap(headers);
      this.body = body.clone();
    }
  }

  /** A redirect that no server sent. */
  public static final class Redirect extends Step {
    public final int status;
    public final String location;

    public Redirect(int status, String location) {
      super(Kind.REDIRECT);
      this.status = status;
      this.location = location;
    }
  }

  /** No answer can be had; the message says what happened, to which service, and what was tried. */
  public static final class Fail extends Step {

    /** Why, for metrics and for the choice of exception. */
    public enum Reason {
      NO_ENDPOINT,
      NO_SUCH_PORT,
      CONNECT_FAILED,
      TIMEOUT,
      LIMIT,
      ABORTED,
      AGENT_ERROR
    }

    public final Reason reason;
    public final String message;

    /** The failure of the last attempt, or null if none was made. */
    public final Throwable cause;

    public Fail(Reason reason, String message, Throwable cause) {
      super(Kind.FAIL);
      this.reason = reason;
      this.message = message;
      this.cause = cause;
    }
  }
}
