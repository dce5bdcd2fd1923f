package dev.meshagent.instrumentation.httpurlconnection;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.List;

/** Says where HttpURLConnection is advised; the package's description says why there. */
public final class HttpUrlConnectionModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "http-url-connection";

  private static final String ADVICE = "dev.meshagent.instrumentation.httpurlconnection.";
  private static final String HTTP = "sun.net.www.http.";
  private static final String CLOSED = ADVICE + "ConnectionGivenUpAdvice";
  private static final String CONNECTION = "Lsun/net/www/protocol/http/HttpURLConnection;";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            HTTP + "HttpClient",
            MethodTarget.required(
                "New",
                "(Ljava/net/URL;Ljava/net/Proxy;IZ" + CONNECTION + ")",
                ADVICE + "NewClientAdvice"),
            MethodTarget.required(
                "writeRequests",
                "(Lsun/net/www/MessageHeader;Lsun/net/www/http/PosterOutputStream;)",
                ADVICE + "WriteAdvice"),
            // Until JDK 24 with a listener of the progress in between.
            MethodTarget.required(
                "parseHTTP", "(Lsun/net/www/MessageHeader;", ADVICE + "ParseAdvice"),
            MethodTarget.required("finished", "()V", CLOSED),
            MethodTarget.required("closeServer", "()V", CLOSED),
            MethodTarget.required("closeIdleConnection", "()V", ADVICE + "CloseIdleAdvice")),
        new TypeTarget(
            "sun.net.www.protocol.https.HttpsClient",
            MethodTarget.required(
                "New",
                "(Ljavax/net/ssl/SSLSocketFactory;Ljava/net/URL;"
                    + "Ljavax/net/ssl/HostnameVerifier;Ljava/net/Proxy;ZI"
                    + CONNECTION
                    + ")",
                ADVICE + "NewSecureClientAdvice"),
            MethodTarget.required("afterConnect", "()V", ADVICE + "HandshakeAdvice"),
            MethodTarget.required("closeIdleConnection", "()V", ADVICE + "CloseIdleAdvice")),
        new TypeTarget(
            "sun.net.NetworkClient",
            MethodTarget.required(
                "doConnect", "(Ljava/lang/String;I)Ljava/net/Socket;", ADVICE + "ConnectAdvice")),
        new TypeTarget(
            HTTP + "KeepAliveCache",
            MethodTarget.required(
                "get", "(Ljava/net/URL;Ljava/lang/Object;)", ADVICE + "PoolGetAdvice"),
            MethodTarget.required(
                "put",
                "(Ljava/net/URL;Ljava/lang/Object;Lsun/net/www/http/HttpClient;)",
                ADVICE + "PoolPutAdvice")),
        new TypeTarget(
            "sun.net.www.protocol.http.HttpURLConnection",
            MethodTarget.required("disconnect", "()V", ADVICE + "DisconnectAdvice")),
        new TypeTarget(
            "sun.net.www.protocol.http.HttpURLConnection$HttpInputStream",
            MethodTarget.required("read", "([BII)I", ADVICE + "ReadAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Arrays.asList(
        "java.base/sun.net",
        "java.base/sun.net.www",
        "java.base/sun.net.www.http",
        "java.base/sun.net.www.protocol.http",
        "java.base/sun.net.www.protocol.https");
  }
}
