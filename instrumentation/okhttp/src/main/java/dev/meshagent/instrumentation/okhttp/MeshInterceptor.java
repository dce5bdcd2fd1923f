package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.spi.Mesh;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The innermost interceptor of one call, just outside the library's own retries and redirects:
 * sends the hops of the call one after the other. It is the outermost of the network interceptors
 * as well, where an attempt learns what can break it off. Of the thread that runs the call.
 */
final class MeshInterceptor implements Interceptor {
  /** As many as the library follows. */
  private static final int MOST_HOPS = 20;

  private final OkHttpClient client;
  private final Passage passage;

  MeshInterceptor(OkHttpClient client, Passage passage) {
    this.client = client;
    this.passage = passage;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    return chain.connection() == null ? hops(chain) : exchange(chain);
  }

  private Response exchange(Chain chain) throws IOException {
    Try tried = passage.tried();
    if (tried == null) {
      return chain.proceed(chain.request());
    }
    tried.sends(Exchanges.cancelling(chain));
    try {
      return chain.proceed(chain.request());
    } catch (IOException e) {
      throw tried.isBrokenOff() ? new BrokenOff(e) : e;
    }
  }

  private Response hops(Chain chain) throws IOException {
    RequestView head = new RequestView(chain.request());
    MeshCall call = open(head);
    passage.earlier = null;
    for (int hops = 0; hops <= MOST_HOPS; hops++) {
      passage.begin(head.request, call);
      try {
        Hop hop = call == null ? null : new Hop(Mesh.get(), client, chain, passage, head, call);
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
        call = open(head);
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
  private MeshCall open(RequestView head) {
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
