package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Compiled;
import java.util.Optional;

/**
 * How far one agent is with one service. At most one frame is unanswered at a time; whatever
 * changes meanwhile is told in the next, so that a slow reader gets the newest and never a queue.
 * Runs on the loop.
 */
public final class Subscription {
  private static final long NOTHING = -1;

  private final ServiceView view;
  private final Subscriber subscriber;

  /** What policy holds for the subscriber now. */
  private Compiled policy;

  /** The version of all policy at which something was sent, and that which was taken. */
  private long sentVersion;

  private long ackedVersion;

  /** What it was told last and what it has taken, as far as this controller knows. */
  private Optional<Compiled> sentPolicy = Optional.empty();

  private Optional<Compiled> ackedPolicy = Optional.empty();

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
   * @param policy that holds for the subscriber now
   * @param knownHash the policy hash that it says to hold; empty if none
   */
  Subscription(ServiceView view, Subscriber subscriber, Compiled policy, String knownHash) {
    this.view = view;
    this.subscriber = subscriber;
    this.policy = policy;
    this.heldHash = knownHash;
  }

  /** Policy was compiled anew; true if there is something to tell of it. */
  boolean obey(Compiled newPolicy) {
    boolean changed = !newPolicy.settings().hash.equals(policy.settings().hash);
    policy = newPolicy;
    return changed;
  }

  /** What policy holds for the subscriber now. */
  public Compiled policy() {
    return policy;
  }

  /** The policy that the subscriber has taken, if it has taken any. */
  public Optional<Compiled> ackedPolicy() {
    return ackedPolicy;
  }

  /** True if the subscriber has to be told of its policy, and has not refused it. */
  public boolean policyDue() {
    String hash = policy.settings().hash;
    return !hash.equals(ackedHash) && refusal.filter(no -> no.hash().equals(hash)).isEmpty();
  }

  /** True if the subscriber obeys that version of policy, or a later one. */
  boolean hasTaken(long version) {
    return ackedVersion >= version || policy.settings().hash.equals(ackedHash);
  }

  /** True if the subscriber has neither taken nor refused that version of policy. */
  boolean isToTake(long version) {
    return !hasTaken(version) && policyDue();
  }

  /** True if something was sent that has no answer yet. */
  public boolean unanswered() {
    return unanswered;
  }

  public ServiceView view() {
    return view;
  }

  public Subscriber subscriber() {
    return subscriber;
  }

  public String uid() {
    return subscriber.uid();
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
    String hash = policy.settings().hash;
    Vantage vantage = subscriber.vantage();
    boolean refused =
        refusal.isPresent() && refusal.get().seq() == now && refusal.get().hash().equals(hash);
    if (refused) {
      // The same again would only be refused again; the agent keeps its last good one.
      return Optional.empty();
    }
    Push frame;
    if (wholeNeeded || !hash.equals(ackedHash) || !view.canTellFrom(ackedSeq)) {
      policyLeftOut = heldHash.equals(hash);
      frame = view.wholeFrame(vantage, policy, !policyLeftOut);
    } else if (ackedSeq < now) {
      policyLeftOut = false;
      frame = view.deltaFrame(ackedSeq, vantage);
    } else {
      return Optional.empty();
    }
    unanswered = true;
    sentNanos = nowNanos;
    wholeNeeded = false;
    sentSeq = now;
    sentHash = hash;
    sentPolicy = Optional.of(policy);
    sentVersion = view.policyVersion();
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
    ackedPolicy = sentPolicy;
    ackedVersion = sentVersion;
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
