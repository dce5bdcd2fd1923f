package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.spi.drive.HiddenField;
import java.lang.reflect.Field;
import org.apache.http.impl.execchain.ClientExecChain;

/** The bodies of the library's responses, each of which knows the hold on its connection. */
final class Bodies {
  /** Null in a version that has no such class. */
  private static final Field HOLD =
      HiddenField.orNull(
          ClientExecChain.class,
          "org.apache.http.impl.execchain.ResponseEntityProxy",
          "connHolder");

  private Bodies() {}

  /** A body was given up in the one way that only releases its connection. */
  static void consumed(Object body) throws IllegalAccessException {
    Object holder = HOLD == null ? null : HOLD.get(body);
    if (holder != null) {
      MeshExec.DELIVERIES.ended(holder);
    }
  }

  /** Reading a body failed, which may be because the application gave it up. */
  static void broken(Object body) throws IllegalAccessException {
    Object holder = HOLD == null ? null : HOLD.get(body);
    if (holder != null) {
      // Of a body that was given up before, the delivery is over by now.
      MeshExec.DELIVERIES.broken(holder, Failure.RESET, null);
    }
  }
}
