package dev.meshagent.spi.drive;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.MeshCall.Verdict;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * One request and its response on its way through the mesh, on the application's thread: asks the
 * engine what to do, has the library do it, and tells the engine how that ended. An adapter of a
 * blocking library extends it. Used once, by one thread.
 *
 * <p>The application's limit for a response is the library's own for the first attempt; further
 * attempts have what is left of it. Hedges run beside the call's own attempt on threads of theirs.
 *
 * @param <R> the library's response
 * @param <A> how the library sends a hedge
 * @param <E> the library's checked exception besides IOException
 */
public abstract class BlockingHop<R, A extends Hedges.Aside, E extends Exception> {
  private static final long LONGEST_WAIT_NANOS = TimeUnit.DAYS.toNanos(1);

  public final Mesh mesh;
  public final MeshCall call;
  private final String library;
  private final long begun = System.nanoTime();

  private int attempts;

  /** The attempt that was sent last on the call's own thread, or null. */
  private Attempt newest;

  /** Whether the library has that attempt. */
  private boolean handedOver;

  private boolean waited;
  private Failure lastFailure = Failure.NONE;

  /** Null for a call that is not hedged. */
  private Hedges<A> hedges;

  /**
   * @param library the instrumentation's name
   */
  protected BlockingHop(Mesh mesh, MeshCall call, String library) {
    this.mesh = mesh;
    this.call = call;
    this.library = library;
  }

  /** Lets the library go on as if there were no agent. */
  protected abstract R pass() throws IOException, E;

  /** Notes that the call is one of the mesh: the library must not repeat it by itself. */
  protected abstract void takenByMesh();

  /** Makes the request again what it was before the mesh took it: {@link #pass} comes next. */
  protected abstract void leftByMesh();

  /**
   * Sends to the endpoint; ends with {@link #wanted} or {@link #failed}. Whatever is thrown before
   * {@link #handsOver} is an error of the agent's, after which the request goes as without it.
   *
   * @return the answer of the call, or null to ask for the next step
   */
  protected abstract R send(Attempt attempt) throws IOException, E;

  protected abstract R synthesize(Step.Respond step) throws IOException, E;

  protected abstract R synthesize(Step.Redirect step) throws IOException, E;

  /**
   * The library's exception for a call that has no answer.
   *
   * @param last how the last attempt failed; NONE if there was none
   */
  protected abstract IOException exception(Step.Fail step, Failure last);

  /** Whether the application has cancelled the request. */
  protected abstract boolean isAborted();

  /**
   * The library's exception for a request that was cancelled.
   *
   * @param cause null for none
   */
  protected abstract IOException aborted(Throwable cause);

  /** The library's exception for a response that was waited for too long. */
  protected SocketTimeoutException timedOut() {
    return new SocketTimeoutException("Read timed out");
  }

  /** How long the application waits for a response, in ns; {@link Long#MAX_VALUE} for ever. */
  protected abstract long timeoutNanos();

  /** Whether a limit of the application's besides {@link #timeoutNanos} has passed. */
  protected boolean isOver() {
    return false;
  }

  /** From now on the request may have been seen by a server. */
  protected abstract void bodyMayBeSent();

  /** Prepares for hedges; asked once at most. */
  protected abstract Hedges<A> prepareHedges();

  /** Makes the response of the hedge that won the call's. */
  protected abstract R taken(A won) throws IOException, E;

  /** The answer of the call. */
  public final R run() throws IOException, E {
    return run(null);
  }

  /**
   * The same where the first step is known, as when the library has begun with an attempt by
   * itself.
   *
   * @param begun null to ask for it
   */
  public final R run(Step begun) throws IOException, E {
    boolean answered = false;
    boolean taken = false;
    try {
      R response = drive(begun);
      answered = true;
      taken = won() != null;
      return response;
    } finally {
      if (hedges != null) {
        hedges.end(taken);
      }
      if (!answered) {
        giveBack();
      }
    }
  }

  /** Nobody has an answer: whatever was thrown, nothing of the call is left in the engine. */
  private void giveBack() {
    try {
      call.cancel();
      if (newest != null) {
        call.release(newest);
      }
    } catch (RuntimeException e) {
      mesh.agentError(library, e);
    }
  }

  private R drive(Step begun) throws IOException, E {
    Step pending = begun;
    for (; ; ) {
      A won = won();
      if (won != null) {
        return take(won);
      }
      Step step = pending == null ? next() : pending;
      pending = null;
      if (step.kind != Step.Kind.PASS) {
        takenByMesh();
      }
      switch (step.kind) {
        case PASS:
          return pass();
        case ATTEMPT:
          R response = attempt((Attempt) step);
          if (response != null) {
            return response;
          }
          break;
        case WAIT:
          await(null, ((Step.Wait) step).nanos);
          break;
        case QUEUE:
          await((Step.Queue) step, ((Step.Queue) step).maxNanos);
          break;
        case RESPOND:
          return synthesize((Step.Respond) step);
        case REDIRECT:
          return synthesize((Step.Redirect) step);
        case FAIL:
          throw exception((Step.Fail) step, lastFailure);
        default:
          throw new IllegalStateException("unknown step " + step.kind);
      }
    }
  }

  private R attempt(Attempt attempt) throws IOException, E {
    attempts++;
    newest = attempt;
    handedOver = false;
    try {
      return send(attempt);
    } catch (RuntimeException | LinkageError e) {
      if (handedOver) {
        throw e;
      }
      mesh.agentError(library, e);
    }
    if (won() != null) {
      finish(attempt, Outcome.failure(Failure.CANCELLED, null));
      return null;
    }
    if (hedges != null) {
      hedges.end(false);
      hedges = null;
    }
    giveBack();
    leftByMesh();
    return pass();
  }

  /**
   * To be called right before the library sends: from here on what is thrown is not the agent's.
   */
  protected final void handsOver() {
    handedOver = true;
  }

  private A won() {
    return hedges == null ? null : hedges.won();
  }

  private R take(A won) throws IOException, E {
    if (won.failure() != null) {
      throw unchecked(won.failure());
    }
    if (isAborted()) {
      won.drop();
      call.release(won.attempt);
      throw aborted(null);
    }
    return taken(won);
  }

  private Step next() {
    try {
      return hedges == null ? call.next() : hedges.next();
    } catch (Throwable e) {
      mesh.agentError(library, e);
      return Step.PASS;
    }
  }

  /** An error of the engine's is not the application's. */
  private Verdict finish(Attempt attempt, Outcome outcome) {
    try {
      return hedges == null ? call.finish(attempt, outcome) : hedges.finish(attempt, outcome);
    } catch (RuntimeException e) {
      mesh.agentError(library, e);
      return Verdict.DELIVER;
    }
  }

  /** True while the first attempt is being sent. */
  protected final boolean isFirst() {
    return attempts == 1;
  }

  /** To be called right before a request is sent that may be sent again at the same time. */
  protected final void hedge(Attempt attempt, Runnable breakOff) {
    if (hedges == null && attempt.hedgeAfterNanos() != Long.MAX_VALUE) {
      hedges = prepareHedges();
    }
    sending(breakOff);
    if (hedges != null) {
      hedges.after(attempt.hedgeAfterNanos());
    }
  }

  /** What breaks off the attempt on this thread is another one now. */
  protected final void sending(Runnable breakOff) {
    if (hedges != null) {
      hedges.own(breakOff);
    }
  }

  /** Whether the response is the call's answer; if not, it is to be dropped. */
  protected final boolean wanted(Attempt attempt, Outcome outcome) {
    bodyMayBeSent();
    Verdict verdict = finish(attempt, outcome);
    return verdict == Verdict.DELIVER || verdict == Verdict.DISCARD && hedges == null;
  }

  /**
   * Tells that an attempt got no response. Returns to ask for the next step, or throws.
   *
   * @param failure what it says, unless it was broken off
   * @param thrown by the library; null if it answered just when it was broken off
   * @param nothingSent whether not a byte of the request left
   * @param limit what broke it off, or null for nothing
   */
  protected final void failed(
      Attempt attempt, Failure failure, Exception thrown, boolean nothingSent, Limit limit)
      throws IOException, E {
    if (!handedOver && thrown instanceof RuntimeException) {
      throw (RuntimeException) thrown;
    }
    if (won() != null) {
      finish(attempt, Outcome.failure(Failure.CANCELLED, thrown));
      return;
    }
    boolean aborted = limit == null && isAborted();
    lastFailure = aborted ? Failure.CANCELLED : limit == null ? failure : Failure.TIMEOUT;
    if (!nothingSent) {
      bodyMayBeSent();
    }
    boolean over =
        aborted
            || isOver()
            || Thread.currentThread().isInterrupted()
            || limit == Limit.APPLICATION
            || limit == null && failure == Failure.TIMEOUT;
    Verdict verdict =
        finish(
            attempt,
            over ? Outcome.last(lastFailure, thrown) : Outcome.failure(lastFailure, thrown));
    if (over) {
      call.cancel();
    } else if (verdict == Verdict.RETRY || verdict == Verdict.DISCARD && hedges != null) {
      return;
    }
    if (limit != null) {
      SocketTimeoutException timeout = timedOut();
      if (thrown != null) {
        timeout.initCause(thrown);
      }
      throw timeout;
    }
    throw unchecked(thrown);
  }

  /** Whose limit breaks off an attempt. */
  public enum Limit {
    ATTEMPT,
    APPLICATION
  }

  /** Whose limit ends the attempt first, the application's having so much left. */
  protected static Limit limit(long left, Attempt attempt) {
    return left < attempt.timeoutNanos ? Limit.APPLICATION : Limit.ATTEMPT;
  }

  /** Throws it if it is checked. */
  @SuppressWarnings("unchecked")
  private RuntimeException unchecked(Exception thrown) throws IOException, E {
    if (thrown instanceof IOException) {
      throw (IOException) thrown;
    }
    if (thrown instanceof RuntimeException) {
      return (RuntimeException) thrown;
    }
    throw (E) thrown;
  }

  /** What is left of the application's limit for this attempt, in ns. */
  protected final long left() {
    return attempts == 1 && !waited ? Long.MAX_VALUE : leftOfTimeout();
  }

  /** What is left of it for all attempts, in ns; 1 once it has passed; any thread. */
  public final long leftOfTimeout() {
    long limit = timeoutNanos();
    return limit == Long.MAX_VALUE ? limit : Math.max(1, limit - elapsedNanos());
  }

  /** What it took so far, in ns; any thread. */
  protected final long elapsedNanos() {
    return System.nanoTime() - begun;
  }

  /** The outcome of a hedge that failed: whether the application waits still is looked at here. */
  public final Outcome outcome(Failure failure, Exception thrown) {
    return failure == Failure.TIMEOUT && leftOfTimeout() == 1
        ? Outcome.last(failure, thrown)
        : Outcome.failure(failure, thrown);
  }

  private void await(Step.Queue queue, long nanos) throws IOException {
    waited = true;
    long limit = timeoutNanos();
    long end = elapsedNanos() + Math.min(nanos, LONGEST_WAIT_NANOS);
    Parking parking = new Parking(queue);
    try {
      for (; ; ) {
        long elapsed = elapsedNanos();
        if (elapsed >= limit) {
          call.cancel();
          throw timedOut();
        }
        if (won() != null || hedges != null && hedges.handsBack()) {
          return;
        }
        if (elapsed >= end || parking.await(Math.min(end, limit) - elapsed)) {
          return;
        }
        if (isAborted()) {
          call.cancel();
          throw aborted(null);
        }
      }
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw aborted(e);
    }
  }
}
