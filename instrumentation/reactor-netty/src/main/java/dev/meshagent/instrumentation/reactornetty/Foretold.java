package dev.meshagent.instrumentation.reactornetty;

import java.util.function.Function;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The headers of a request as a framework foretells them in the Reactor context of its exchange,
 * since the library itself hears of them when it has its connection. Key and value are of types of
 * the JDK: the framework may have another class loader than the library, and so another copy of
 * this class.
 */
public final class Foretold {
  private static final String KEY = "mesh-agent.request-headers";

  private Foretold() {}

  /**
   * The context with these headers.
   *
   * @param headers answers a header's name, in any case, with its value or null, several values
   *     joined; asked on any thread
   */
  public static Context in(Context context, Function<String, String> headers) {
    return context.put(KEY, headers);
  }

  /** Null if none were foretold. */
  static Function<String, String> of(ContextView context) {
    return context.getOrDefault(KEY, null);
  }

  /** The context as what is called meanwhile, by a body that is being made, shall see it. */
  static Context without(Context context) {
    return context.delete(KEY);
  }
}
