package dev.meshagent.runtime.control;

import java.net.InetAddress;

/** Opens connections to the controller. */
public interface ControlTransport {
  /**
   * Begins to connect and returns at once; what happens is told to the receiver, on the control
   * loop, a failure to connect as {@link Receiver#closed}.
   */
  Connection connect(Receiver receiver);

  /** Where it connects to, for the log. */
  String controller();

  /** What a connection tells. After {@link #closed} it tells nothing more. */
  interface Receiver {
    void opened(InetAddress local, InetAddress controller);

    void frame(String text);

    /**
     * @param reason for the log, readable by a person
     */
    void closed(String reason);
  }

  /** One connection; used from the control loop only. */
  interface Connection {
    /** Queues a frame; ignored once the connection is closed. */
    void send(String frame);

    /** True if so much waits to be written that what can be dropped should be. */
    boolean congested();

    /** Closes after what was sent is written. */
    void close();
  }
}
