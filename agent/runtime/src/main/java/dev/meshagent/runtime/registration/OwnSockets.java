package dev.meshagent.runtime.registration;

/**
 * Tells sockets that the JVM or the agent opened for themselves from those that the application
 * serves, by who accepts on them: the agent's threads, RMI's accept loops (a JMX port that was left
 * to chance is known by nothing else), and the wake-up pipes of a selector. It costs a stack trace,
 * taken once per socket. The debugger's socket is native and never seen here.
 */
class OwnSockets {
  /** How every thread of the agent is called. */
  static final String AGENT_THREADS = "mesh-agent";

  private static final String[] ACCEPTORS = {"sun.rmi.transport.", "sun.nio.ch.PipeImpl"};

  /** True if the given thread, which must be the current one, accepts for the JVM or the agent. */
  boolean acceptsHere(Thread thread) {
    if (thread.getName().startsWith(AGENT_THREADS)) {
      return true;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      for (String acceptor : ACCEPTORS) {
        if (frame.getClassName().startsWith(acceptor)) {
          return true;
        }
      }
    }
    return false;
  }
}
