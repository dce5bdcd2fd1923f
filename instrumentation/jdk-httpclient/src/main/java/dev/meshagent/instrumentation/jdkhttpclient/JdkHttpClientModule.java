package dev.meshagent.instrumentation.jdkhttpclient;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.List;

/** Says where the JDK's HTTP client is advised; the package's description says why there. */
public final class JdkHttpClientModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "jdk-httpclient";

  private static final String CLIENT = "jdk.internal.net.http.";
  private static final String ADVICE = "dev.meshagent.instrumentation.jdkhttpclient.";
  private static final String HANDLER = "(Ljava/net/http/HttpResponse$BodyHandler;";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CLIENT + "Exchange",
            MethodTarget.required("responseAsync", "()", ADVICE + "ResponseAdvice"),
            MethodTarget.required("readBodyAsync", HANDLER, ADVICE + "ReadBodyAdvice"),
            MethodTarget.required("remainingConnectTimeout", "()", ADVICE + "ConnectTimeoutAdvice"),
            MethodTarget.required("ignoreBody", "()", ADVICE + "IgnoreBodyAdvice"),
            MethodTarget.required(
                "nullBody", "(Ljava/net/http/HttpResponse;", ADVICE + "NullBodyAdvice"),
            MethodTarget.required("cancel", "()V", ADVICE + "CancelAdvice"),
            MethodTarget.required(
                "cancel", "(Ljava/io/IOException;)V", ADVICE + "CancelWithCauseAdvice")),
        new TypeTarget(
            CLIENT + "MultiExchange",
            MethodTarget.required(
                "handleNoBody", "(Ljdk/internal/net/http/Response;", ADVICE + "HandleNoBodyAdvice"),
            MethodTarget.required(
                "getExceptionalCF", "(Ljava/lang/Throwable;", ADVICE + "ExchangeFailedAdvice")),
        new TypeTarget(
            CLIENT + "Http1Exchange",
            MethodTarget.required("readBodyAsync", HANDLER, ADVICE + "BodyHandlerAdvice")),
        new TypeTarget(
            CLIENT + "Stream",
            MethodTarget.required(
                "createPseudoHeaders",
                "(Ljava/net/http/HttpRequest;)",
                ADVICE + "PseudoHeadersAdvice"),
            MethodTarget.required("readBodyAsync", HANDLER, ADVICE + "BodyHandlerAdvice")),
        new TypeTarget(
            CLIENT + "HttpResponseImpl",
            MethodTarget.required(
                "<init>", "(Ljava/net/http/HttpRequest;", ADVICE + "ResponseHeadAdvice")),
        new TypeTarget(
            CLIENT + "HttpRequestImpl",
            MethodTarget.required("getAddress", "()", ADVICE + "AddressAdvice"),
            MethodTarget.required("getUserHeaders", "()", ADVICE + "UserHeadersAdvice")),
        new TypeTarget(
            CLIENT + "Http1Request",
            MethodTarget.required("requestURI", "()", ADVICE + "RequestLineAdvice")),
        new TypeTarget(
            CLIENT + "Http2Connection",
            MethodTarget.required(
                "keyFor", "(Ljdk/internal/net/http/HttpRequestImpl;)", ADVICE + "RequestKeyAdvice"),
            MethodTarget.required(
                "keyFor",
                "(Ljdk/internal/net/http/HttpConnection;)",
                ADVICE + "ConnectionKeyAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Arrays.asList(
        "java.net.http/jdk.internal.net.http", "java.net.http/jdk.internal.net.http.common");
  }
}
