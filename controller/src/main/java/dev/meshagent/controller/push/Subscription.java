package dev.meshagent.controller.push;

import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import java.util.Optional;

/**
 * How far one agent is with one service. At most one frame is unanswered at a time; whatever
 * changes meanwhile is told in the next, so that a slow reader gets the newest and never a queue.
 * Runs on the loop.
 */
public final class Subscription {
  private static final long NOTHING = -1;

  private final ServiceView view;
  private final String uid;
  private final Vantage vantage;

  /** Policy hash that the agent holds, or empty. */
  private String heldHash;

  private long ackedSeq = NOTHING;
  private String ackedHash = "";
  private long sentSeq = NOTHING;
  private String sentHash = "";

  /** Whether what was sent left the policy out, because the agent seemed to hold it. */
  private boolean policyLeftOut;

  private boolean unanswered;
  private long sentNanos;
  private boolean wholeNeeded = true;
  private Optional<Refusal> refusal = Optional.empty();

  /**
   * @param uid the subscribed process
   * @param vantage where that process is
   * @param knownHash the policy hash that it says to hold; empty if none
   */
  Subscription(ServiceView view, String uid, Vantage vantage, String knownHash) {
    this.view = view;
    this.uid = uid;
    this.vantage = vantage;
    this.heldHash = knownHash;
  }

  public ServiceView view() {
    return view;
  }

  public String uid() {
    return uid;
  }

  /** The policy hash last acknowledged; empty before the first. */
  public String ackedHash() {
    return ackedHash;
  }

  /** The sequence number last acknowledged; -1 before the first. */
  public long ackedSeq() {
    return ackedSeq;
  }

  /** The last refusal, until something is acknowledged again. */
  public Optional<Refusal> refusal() {
    return refusal;
  }

  /** Up to where the agent has answered, be it yes or no. */
  long answeredSeq() {
    return refusal.map(no -> Math.max(no.seq(), ackedSeq)).orElse(ackedSeq);
  }

  /** Whether a frame that was sent at that time or before has no answer yet. */
  public boolean unansweredSince(long nanos) {
    return unanswered && sentNanos - nanos <= 0;
  }

  /**
   * The next frame for the agent, if one is due now; it then counts as sent.
   *
   * @param nowNanos on the loop's clock
   */
  public Optional<Push> nextFrame(long nowNanos) {
    if (unanswered) {
      return Optional.empty();
    }
    long now = view.seq();
    String hash = view.hash();
    boolean refused =
        refusal.isPresent() && refusal.get().seq() == now && refusal.get().hash().equals(hash);
    if (refused) {
      // The same again would only be refused again; the agent keeps its last good one.
      return Optional.empty();
    }
    Push frame;
    if (wholeNeeded || !hash.equals(ackedHash) || !view.canTellFrom(ackedSeq)) {
      policyLeftOut = heldHash.equals(hash);
      frame =
          new Push("service", SnapshotCodec.serviceFrame(view.snapshot(vantage), !policyLeftOut));
    } else if (ackedSeq < now) {
      policyLeftOut = false;
      frame = new Push("endpoints", SnapshotCodec.deltaFrame(view.deltaFrom(ackedSeq, vantage)));
    } else {
      return Optional.empty();
    }
    unanswered = true;
    sentNanos = nowNanos;
    wholeNeeded = false;
    sentSeq = now;
    sentHash = hash;
    return Optional.of(frame);
  }

  /** Returns false if this answers nothing that was sent. */
  public boolean acked(String epoch, long seq) {
    if (!answers(epoch, seq)) {
      return false;
    }
    unanswered = false;
    ackedSeq = sentSeq;
    ackedHash = sentHash;
    heldHash = sentHash;
    refusal = Optional.empty();
    view.answersChanged();
    return true;
  }

  /** Returns false if this answers nothing that was sent. */
  public boolean nacked(String epoch, long seq, String path, String error) {
    if (!answers(epoch, seq)) {
      return false;
    }
    unanswered = false;
    wholeNeeded = true;
    // Whoever refuses may do so because it does not hold what it was taken to hold.
    heldHash = "";
    if (!policyLeftOut) {
      refusal = Optional.of(new Refusal(sentSeq, sentHash, path, error));
    }
    view.answersChanged();
    return true;
  }

  /** The agent asks for the whole; whatever was on its way is void. */
  public void resync() {
    unanswered = false;
    wholeNeeded = true;
    heldHash = "";
    refusal = Optional.empty();
  }

  private boolean answers(String epoch, long seq) {
    return unanswered && seq == sentSeq && epoch.equals(view.epoch());
  }

  /** What an agent would not take, and why. */
  public record Refusal(long seq, String hash, String path, String error) {}
}
