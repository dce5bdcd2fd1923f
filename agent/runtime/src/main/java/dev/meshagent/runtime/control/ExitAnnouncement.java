package dev.meshagent.runtime.control;

/**
 * The last words of a process: it drains, waits until the callers know, leaves, and waits until
 * that has gone out.
 *
 * <pre>
 *   begin ── drain ──▶ drained, or 1.5 s ── leave, close ──▶ closed, or 0.3 s ──▶ done
 *     └── serves nothing ──────────────────────▲
 * </pre>
 *
 * <p>A closed connection ends it from anywhere. Used from the control loop only.
 */
final class ExitAnnouncement {
  /** Less than the 2 s within which the controller answers, so that the exit stays below 2 s. */
  static final long DRAIN_NANOS = 1_500_000_000L;

  static final long CLOSE_NANOS = 300_000_000L;

  private final ControlLoop loop;
  private final ControlTransport.Connection connection;
  private final Runnable done;
  private boolean left;
  private boolean over;

  ExitAnnouncement(ControlLoop loop, ControlTransport.Connection connection, Runnable done) {
    this.loop = loop;
    this.connection = connection;
    this.done = done;
  }

  void begin(boolean serves) {
    if (serves) {
      connection.send(OutgoingFrames.DRAIN);
      loop.schedule(
          new Runnable() {
            @Override
            public void run() {
              leave();
            }
          },
          DRAIN_NANOS);
    } else {
      leave();
    }
  }

  void drained() {
    leave();
  }

  void closed() {
    if (!over) {
      over = true;
      done.run();
    }
  }

  private void leave() {
    if (!left && !over) {
      left = true;
      connection.send(OutgoingFrames.LEAVE);
      connection.close();
      loop.schedule(
          new Runnable() {
            @Override
            public void run() {
              closed();
            }
          },
          CLOSE_NANOS);
    }
  }
}
