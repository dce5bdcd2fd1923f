package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says where the client is advised; the package's description says why there. */
public final class ApacheHttpClient4Module implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "apache-httpclient-4";

  private static final String CHAIN = "org.apache.http.impl.execchain.";
  private static final String ADVICE = "dev.meshagent.instrumentation.apachehttpclient4.";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CHAIN + "ProtocolExec",
            MethodTarget.required(
                "<init>",
                "(Lorg/apache/http/impl/execchain/ClientExecChain;",
                ADVICE + "ChainAdvice")),
        new TypeTarget(
            CHAIN + "MinimalClientExec",
            MethodTarget.required(
                "<init>",
                "(Lorg/apache/http/protocol/HttpRequestExecutor;"
                    + "Lorg/apache/http/conn/HttpClientConnectionManager;"
                    + "Lorg/apache/http/ConnectionReuseStrategy;",
                ADVICE + "MinimalAdvice")),
        new TypeTarget(
            "org.apache.http.impl.client.DefaultRequestDirector",
            MethodTarget.required(
                "<init>",
                "(Lorg/apache/commons/logging/Log;"
                    + "Lorg/apache/http/protocol/HttpRequestExecutor;"
                    + "Lorg/apache/http/conn/ClientConnectionManager;"
                    + "Lorg/apache/http/ConnectionReuseStrategy;"
                    + "Lorg/apache/http/conn/ConnectionKeepAliveStrategy;"
                    + "Lorg/apache/http/conn/routing/HttpRoutePlanner;"
                    + "Lorg/apache/http/protocol/HttpProcessor;"
                    + "Lorg/apache/http/client/HttpRequestRetryHandler;"
                    + "Lorg/apache/http/client/RedirectStrategy;"
                    + "Lorg/apache/http/client/AuthenticationStrategy;",
                ADVICE + "DirectorAdvice")),
        new TypeTarget(
            "org.apache.http.impl.conn.DefaultClientConnectionOperator",
            MethodTarget.required(
                "resolveHostname",
                "(Ljava/lang/String;)[Ljava/net/InetAddress;",
                ADVICE + "ResolveAdvice")),
        // Not releaseConnection, which close or abortConnection follows at the end of every body:
        // to call advice from class files as old as these makes garbage.
        new TypeTarget(
            CHAIN + "ConnectionHolder",
            MethodTarget.required("cancel", "()Z", ADVICE + "ConnectionCancelledAdvice"),
            MethodTarget.required("close", "()", ADVICE + "ConnectionGivenUpAdvice"),
            MethodTarget.required("abortConnection", "()", ADVICE + "ConnectionGivenUpAdvice")),
        new TypeTarget(
            CHAIN + "ResponseEntityProxy",
            MethodTarget.required(
                "streamAbort", "(Ljava/io/InputStream;)Z", ADVICE + "BodyBrokenAdvice"),
            MethodTarget.required("consumeContent", "()V", ADVICE + "BodyConsumedAdvice")),
        new TypeTarget(
            "org.apache.http.impl.client.DefaultHttpRequestRetryHandler",
            MethodTarget.required(
                "retryRequest", "(Ljava/io/IOException;", ADVICE + "RetryAdvice")));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
