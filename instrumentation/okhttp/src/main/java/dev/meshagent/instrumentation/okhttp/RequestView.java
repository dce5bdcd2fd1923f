package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.RequestHead;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;

/** The engine's view of a request of OkHttp, over the request itself. */
final class RequestView implements RequestHead {
  /** {@code RequestBody.isOneShot()}, which is there since 3.14; null before. */
  private static final MethodHandle IS_ONE_SHOT = isOneShot();

  final Request request;

  /** Until this is set nothing was sent, so that any body can still be sent from its start. */
  boolean bodyMayBeSent;

  RequestView(Request request) {
    this.request = request;
  }

  private static MethodHandle isOneShot() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(RequestBody.class, "isOneShot", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException older) {
      return null;
    }
  }

  @Override
  public String scheme() {
    return request.url().scheme();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String host() {
    return request.url().host();
  }

  @Override
  public int port() {
    HttpUrl url = request.url();
    // OkHttp drops a default port that was written, which equals none.
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? -1 : url.port();
  }

  @Override
  public String pathAndQuery() {
    HttpUrl url = request.url();
    String query = url.encodedQuery();
    return query == null ? url.encodedPath() : url.encodedPath() + "?" + query;
  }

  @Override
  public String header(String name) {
    List<String> values = request.headers(name);
    if (values.isEmpty()) {
      return null;
    }
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }

  @Override
  public boolean repeatable() {
    return !bodyMayBeSent || repeats();
  }

  /** Whether the body can be sent more than once, whatever was sent by now. */
  boolean repeats() {
    RequestBody body = request.body();
    if (body == null || IS_ONE_SHOT == null) {
      return true;
    }
    try {
      return !(boolean) IS_ONE_SHOT.invokeExact(body);
    } catch (Throwable thrownByTheBody) {
      return false;
    }
  }

  @Override
  public boolean grpc() {
    String type = request.header("Content-Type");
    return type != null && type.startsWith("application/grpc");
  }
}
