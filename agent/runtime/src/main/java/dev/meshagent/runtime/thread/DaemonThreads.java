package dev.meshagent.runtime.thread;

import dev.meshagent.spi.OwnThreads;
import java.util.concurrent.ThreadFactory;

/**
 * Makes threads of the agent: daemons, named, and pinning no class loader of the application, which
 * a thread would do that takes its context loader from its creator. Immutable.
 */
public final class DaemonThreads implements ThreadFactory {
  private final String name;

  /**
   * @param name begins with {@code mesh-agent}, by which the agent knows its own threads
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = OwnThreads.daemon(task, name);
    thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
    return thread;
  }
}
