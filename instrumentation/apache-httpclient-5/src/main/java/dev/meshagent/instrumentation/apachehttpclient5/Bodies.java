package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.HiddenField;
import java.lang.reflect.Field;
import org.apache.hc.client5.http.classic.ExecRuntime;

/** The bodies of the library's responses, each of which knows the hold on its connection. */
final class Bodies {
  /** Null in a version that has no such class. */
  private static final Field HOLD =
      HiddenField.orNull(
          ExecRuntime.class,
          "org.apache.hc.client5.http.impl.classic.ResponseEntityProxy",
          "execRuntime");

  private Bodies() {}

  /** Reading a body failed, which may be because the application gave it up. */
  static void broken(Object body) throws IllegalAccessException {
    ExecRuntime runtime = HOLD == null ? null : (ExecRuntime) HOLD.get(body);
    if (runtime != null && runtime.isEndpointAcquired()) {
      MeshExec.DELIVERIES.broken(runtime, Failure.RESET, null);
    }
  }
}
