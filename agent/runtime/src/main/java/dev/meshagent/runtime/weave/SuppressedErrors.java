package dev.meshagent.runtime.weave;

import dev.meshagent.spi.Mesh;
import java.util.function.Consumer;

/** Hears of what advice threw, which the application never sees, and counts it by its place. */
final class SuppressedErrors implements Consumer<Throwable> {
  @Override
  public void accept(Throwable error) {
    Mesh mesh = Mesh.get();
    if (mesh != null) {
      StackTraceElement[] trace = error.getStackTrace();
      mesh.agentError(trace.length == 0 ? "advice" : trace[0].toString(), error);
    }
  }
}
