package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.Mesh;
import dev.meshagent.spi.drive.PerThread;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Source;

/**
 * The calls under way, by the thread that runs them, and what the advice asks of them. A call made
 * inside another on the same thread (by an interceptor or an authenticator) hides that one until it
 * is over. Thread-safe; takes no monitor.
 */
final class Passages {
  private static final PerThread<Passage> UNDER_WAY = new PerThread<>();

  private Passages() {}

  /** A call begins on this thread. */
  static Object begin(Object call) {
    if (Mesh.get() == null) {
      return null;
    }
    Passage outer = UNDER_WAY.get();
    if (outer != null && outer.aside) {
      return null; // It is that one's only call.
    }
    Passage passage = new Passage(outer, opensWebSocket((Call) call));
    UNDER_WAY.set(passage);
    return passage;
  }

  /** Such a call has no network interceptors. */
  private static boolean opensWebSocket(Call call) {
    return "websocket".equalsIgnoreCase(call.request().header("Upgrade"));
  }

  /**
   * The call that this thread makes next goes aside, to that endpoint; until {@link #end}.
   *
   * @param rewriting null for none
   */
  static Object aside(EndpointDns endpoint, Request copy, Rewriting rewriting) {
    Passage passage = new Passage(UNDER_WAY.get(), true);
    passage.aside = true;
    passage.chained = true;
    passage.begin(copy, null);
    passage.pin(endpoint, rewriting, null, null);
    UNDER_WAY.set(passage);
    return passage;
  }

  /**
   * The call that {@link #begin} answered with is over on this thread.
   *
   * @param begun null if it did not
   */
  static void end(Object begun) {
    if (begun == null) {
      return;
    }
    Passage outer = ((Passage) begun).outer;
    if (outer == null) {
      UNDER_WAY.clear();
    } else {
      UNDER_WAY.set(outer);
    }
  }

  /** The interceptors of a call with the mesh's after them, or null to leave them as they are. */
  static Object interceptors(Object client, Object interceptors) {
    Passage passage = current();
    if (passage == null || passage.chained) {
      return null;
    }
    passage.chained = true;
    passage.client = (OkHttpClient) client;
    List<?> own = (List<?>) interceptors;
    if (own.isEmpty()) {
      return MeshInterceptor.ALONE;
    }
    List<Object> all = new ArrayList<>(own.size() + 1);
    all.addAll(own);
    all.add(MeshInterceptor.INSTANCE);
    return all;
  }

  /** The request is about to be sent by that chain. */
  static void sends(Object chain) {
    Passage passage = current();
    if (passage != null) {
      passage.sends(chain);
    }
  }

  /** The request as the running attempt sends it, or null to leave it as it is. */
  static Object onTheWire(Object request) {
    Passage passage = current();
    return passage == null ? null : passage.onTheWire((Request) request);
  }

  /** False if the running attempt was broken off, null to ask the library. */
  static Object isOver() {
    Passage passage = current();
    return passage != null && passage.isOver() ? Boolean.FALSE : null;
  }

  /** The running attempt's limit for connecting, in ms, or null to leave the chain's own. */
  static Object connectTimeoutMillis() {
    Passage passage = current();
    return passage == null ? null : passage.connectTimeoutMillis();
  }

  /** The sockets for an address that the running attempt makes, or null to leave them. */
  static Object sockets(Object host, Object own) {
    Passage passage = current();
    return passage == null ? null : passage.sockets((String) host, (SocketFactory) own);
  }

  /** The body of a response that is being received, or null to leave it as it is. */
  static Object body(Object received) {
    Passage passage = current();
    return passage == null ? null : passage.body((Source) received);
  }

  /** The Dns of an address that the running attempt makes, or null to leave it as it is. */
  static Object dns(Object host) {
    Passage passage = current();
    return passage == null ? null : passage.dns((String) host);
  }

  /** False if the connection of that URL is not the running attempt's, null to ask the library. */
  static Object leavesItsConnection(Object url) {
    Passage passage = current();
    return passage != null && passage.leaves((HttpUrl) url) ? Boolean.FALSE : null;
  }

  /** False if the route of this call is that of an earlier attempt, null to ask the library. */
  static Object leavesItsRoute() {
    Passage passage = current();
    return passage != null && passage.leavesItsRoute() ? Boolean.FALSE : null;
  }

  /** The response with those of earlier hops behind it, or null to leave it as it is. */
  static Object withEarlierHops(Object response) {
    Passage passage = current();
    return passage == null || passage.earlier == null
        ? null
        : Passage.behind((Response) response, passage.earlier);
  }

  /** The library is about to send a follow-up, or none where that is null. */
  static void followUp(Object response, Object request) {
    Passage passage = current();
    if (passage != null && request != null) {
      passage.followUp((Response) response, (Request) request);
    }
  }

  /** How many calls are under way, for tests. */
  static int underWay() {
    return UNDER_WAY.size();
  }

  /** The call that this thread is in, or null. */
  static Passage current() {
    return UNDER_WAY.get();
  }
}
