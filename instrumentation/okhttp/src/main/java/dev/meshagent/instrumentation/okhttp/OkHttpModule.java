package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says where OkHttp is advised; the package's description says why there. */
public final class OkHttpModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "okhttp";

  private static final String ADVICE = "dev.meshagent.instrumentation.okhttp.";

  /** Of what writes requests and reads responses, which each kind of connection has its own of. */
  private static final MethodTarget WRITE =
      MethodTarget.optional("writeRequestHeaders", "(Lokhttp3/Request;", ADVICE + "WireAdvice");

  private static final MethodTarget READ =
      MethodTarget.optional("openResponseBodySource", "(Lokhttp3/Response;", ADVICE + "BodyAdvice");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            "okhttp3.OkHttpClient",
            MethodTarget.required("interceptors", "()", ADVICE + "InterceptorsAdvice")),
        // The name with a dollar sign is that of OkHttp 4 and later for itself.
        new TypeTarget(
            "okhttp3.internal.http.RealInterceptorChain",
            MethodTarget.required("connectTimeoutMillis", "()I", ADVICE + "ConnectTimeoutAdvice"),
            MethodTarget.optional(
                "getConnectTimeoutMillis$okhttp", "()I", ADVICE + "ConnectTimeoutAdvice")),
        new TypeTarget(
            "okhttp3.internal.http.CallServerInterceptor",
            MethodTarget.required(
                "intercept", "(Lokhttp3/Interceptor$Chain;", ADVICE + "ExchangeAdvice")),
        // OkHttp 3.12.
        new TypeTarget(
            "okhttp3.ConnectionPool",
            MethodTarget.optional("cleanup", "(J)", ADVICE + "CleanupAdvice"),
            MethodTarget.optional(
                "pruneAndGetAllocationCount",
                "(Lokhttp3/internal/connection/RealConnection;",
                ADVICE + "IdleAdvice")),
        // OkHttp 3.13 and later; closeConnections is of 5.
        new TypeTarget(
            "okhttp3.internal.connection.RealConnectionPool",
            MethodTarget.optional("cleanup", "(J)", ADVICE + "CleanupAdvice"),
            MethodTarget.optional("closeConnections", "(J)", ADVICE + "CleanupAdvice"),
            MethodTarget.optional(
                "pruneAndGetAllocationCount",
                "(Lokhttp3/internal/connection/RealConnection;",
                ADVICE + "IdleAdvice")),
        // OkHttp 3.
        new TypeTarget(
            "okhttp3.RealCall",
            MethodTarget.optional("cancel", "()V", ADVICE + "CancelAdvice"),
            MethodTarget.optional("getResponseWithInterceptorChain", "()", ADVICE + "CallAdvice")),
        // OkHttp 4 and later.
        new TypeTarget(
            "okhttp3.internal.connection.RealCall",
            MethodTarget.optional("cancel", "()V", ADVICE + "CancelAdvice"),
            MethodTarget.optional(
                "getResponseWithInterceptorChain$okhttp", "()", ADVICE + "CallAdvice")),
        new TypeTarget(
            "okhttp3.Address",
            MethodTarget.required(
                "<init>", "(Ljava/lang/String;ILokhttp3/Dns;", ADVICE + "AddressAdvice"),
            MethodTarget.required(
                "<init>",
                "(Ljava/lang/String;ILokhttp3/Dns;Ljavax/net/SocketFactory;",
                ADVICE + "SocketFactoryAdvice")),
        new TypeTarget(
            "okhttp3.Route",
            MethodTarget.required(
                "<init>",
                "(Lokhttp3/Address;Ljava/net/Proxy;Ljava/net/InetSocketAddress;",
                ADVICE + "RouteAdvice")),
        // OkHttp 3.14 and 4.
        new TypeTarget(
            "okhttp3.internal.connection.ExchangeFinder",
            MethodTarget.optional("hasRouteToTry", "()Z", ADVICE + "RouteToTryAdvice"),
            MethodTarget.optional(
                "sameHostAndPort", "(Lokhttp3/HttpUrl;", ADVICE + "SameHostAdvice")),
        // OkHttp 3.12.
        new TypeTarget("okhttp3.internal.http1.Http1Codec", WRITE),
        new TypeTarget("okhttp3.internal.http2.Http2Codec", WRITE),
        // OkHttp 3.14 and later.
        new TypeTarget("okhttp3.internal.http1.Http1ExchangeCodec", WRITE, READ),
        new TypeTarget("okhttp3.internal.http2.Http2ExchangeCodec", WRITE, READ),
        // OkHttp 5.
        new TypeTarget(
            "okhttp3.internal.connection.RealRoutePlanner",
            MethodTarget.optional(
                "sameHostAndPort", "(Lokhttp3/HttpUrl;", ADVICE + "SameHostAdvice")),
        new TypeTarget(
            "okhttp3.internal.http.RetryAndFollowUpInterceptor",
            MethodTarget.required("recover", "(Ljava/io/IOException;", ADVICE + "RecoverAdvice"),
            // OkHttp 3.12.
            MethodTarget.optional(
                "sameConnection", "(Lokhttp3/Response;", ADVICE + "RouteToTryAdvice"),
            MethodTarget.required(
                "followUpRequest", "(Lokhttp3/Response;", ADVICE + "FollowUpAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
