package dev.meshagent.engine.call;

/**
 * One call of the application, from the moment its request is known until its answer is given back:
 * the only door into the engine for request/response libraries.
 *
 * <p>An adapter drives it so:
 *
 * <pre>
 *   MeshCall call = engine.open(head);          // null: not ours, leave the call alone
 *   for (;;) {
 *     Step step = call.next();
 *     switch (step.kind) {
 *       PASS     -&gt; let the library go on as if there were no agent; the call is over
 *       ATTEMPT  -&gt; send to step.address; then
 *                     verdict = call.finish(attempt, outcome)   // response head, or failure
 *                     DELIVER -&gt; give it to the application; call.release(attempt) at its end
 *                     RETRY   -&gt; drop it (close the body), and ask next() again
 *                     DISCARD -&gt; drop it; another attempt of this call answers
 *       WAIT     -&gt; ask next() again after step.nanos
 *       QUEUE    -&gt; ask next() again when woken, or after step.maxNanos, whichever is first
 *       RESPOND  -&gt; synthesize that response; the call is over
 *       REDIRECT -&gt; synthesize that redirect; the call is over
 *       FAIL     -&gt; throw the library's own exception with that message; the call is over
 *     }
 *   }
 * </pre>
 *
 * <p>An attempt with {@link Attempt#hedgeAfterNanos()} is not waited for alone: when that time has
 * passed without an outcome, {@code next()} is asked again, and what it answers may be a further
 * attempt, which then runs beside the first (or WAIT, to ask again later). Whichever attempt is
 * told DELIVER wins: the adapter breaks off the others and finishes them as cancelled. Mirrors of
 * an attempt are sent aside, and always answered with DISCARD.
 *
 * <p>A call is used by one thread at a time; successive steps may run on different threads if the
 * adapter hands the call over safely. An exception to that is {@link #cancel()}, which any thread
 * may call at any time. No method blocks, and none throws for a reason in the call's data.
 */
public interface MeshCall {

  /** What to do now. Asking again after a step that ended the call returns the same step. */
  Step next();

  /**
   * Tells how an attempt ended, once per attempt: at the head of its response (for gRPC at its
   * status), or at its failure. Later calls for the same attempt are ignored and answer DISCARD.
   */
  Verdict finish(Attempt attempt, Outcome outcome);

  /**
   * Tells, instead of {@link #release}, that the response of a delivered attempt broke off. RETRY
   * opens the call again: drop what came of the response and ask {@link #next()}. DELIVER: the
   * break is the call's answer. DISCARD: the attempt was not delivered, or is released already.
   *
   * <p>Where the application has seen something of the response it is too late for a retry: tell so
   * by an outcome that is not {@link Outcome#awaited}, and the answer is not RETRY.
   *
   * <p>A call is counted when its answer is delivered, so one that is opened again stays counted as
   * answered, and counts as failed besides if it ends so, unless the answer was a 5xx already.
   */
  Verdict broken(Attempt attempt, Outcome outcome);

  /**
   * Tells that nothing of a delivered attempt is in flight any more: its body was read to the end,
   * closed or broken off. Until then the attempt counts as outstanding at its endpoint. A failed or
   * dropped attempt releases itself.
   */
  void release(Attempt attempt);

  /** The application gave up (cancelled, or its own timeout passed). Idempotent. */
  void cancel();

  /** What becomes of the outcome of an attempt. */
  enum Verdict {
    /** It is the call's answer: give it to the application. */
    DELIVER,
    /** Drop it and ask {@link MeshCall#next()}. */
    RETRY,
    /** Drop it; the call was answered otherwise. */
    DISCARD
  }
}
