package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Collections;
import java.util.List;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The innermost interceptor of one call, just outside the library's own retries and redirects:
 * sends the hops of the call one after the other. One serves all calls. Thread-safe.
 */
final class MeshInterceptor implements Interceptor {
  /** As many as the library follows. */
  private static final int MOST_HOPS = 20;

  static final MeshInterceptor INSTANCE = new MeshInterceptor();

  /** For a client that has no interceptor of its own. Immutable. */
  static final List<Interceptor> ALONE = Collections.singletonList(INSTANCE);

  private MeshInterceptor() {}

  @Override
  public Response intercept(Chain chain) throws IOException {
    Passage passage = Passages.current();
    // None on a thread of an interceptor's own, of which nothing is known.
    return passage == null ? chain.proceed(chain.request()) : hops(chain, passage);
  }

  private static Response hops(Chain chain, Passage passage) throws IOException {
    OkHttpClient client = passage.client;
    RequestView head = new RequestView(chain.request());
    MeshCall call = open(client, head);
    passage.earlier = null;
    for (int hops = 0; hops <= MOST_HOPS; hops++) {
      passage.begin(head.request, call);
      try {
        Hop hop = call == null ? null : new Hop(Mesh.get(), chain, passage, head, call);
        Response response = hop == null ? chain.proceed(head.request) : hop.run();
        passage.followsNothing();
        if (passage.earlier != null) {
          response = Passage.behind(response, passage.earlier);
        }
        Request next =
            hop != null && hop.redirected() ? Redirection.follow(client, response) : null;
        if (next == null) {
          return response;
        }
        response.close();
        passage.earlier = Passage.withoutBody(response);
        head = new RequestView(next);
        call = open(client, head);
      } catch (HandOver stopped) {
        passage.earlier = passage.stoppedAt();
        head = passage.next();
        call = passage.nextCall();
        if (call != null && ProxyAnswer.of(client, head.request.url())) {
          call.cancel();
          call = null;
        }
      } finally {
        passage.unpin();
      }
    }
    throw new ProtocolException("Too many follow-up requests: " + (MOST_HOPS + 1));
  }

  /** The request's call of the mesh, or null to leave it alone. */
  private static MeshCall open(OkHttpClient client, RequestView head) {
    Mesh mesh = Mesh.get();
    try {
      MeshCall call = mesh == null ? null : mesh.open(OkHttpModule.NAME, head);
      if (call != null && ProxyAnswer.of(client, head.request.url())) {
        call.cancel();
        return null;
      }
      return call;
    } catch (RuntimeException e) {
      mesh.agentError(OkHttpModule.NAME, e);
      return null;
    }
  }
}
