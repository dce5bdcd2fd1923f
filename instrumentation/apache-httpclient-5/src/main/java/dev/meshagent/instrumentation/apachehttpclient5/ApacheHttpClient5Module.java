package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says where the classic client is advised; the package's description says why there. */
public final class ApacheHttpClient5Module implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "apache-httpclient-5";

  static final String CLIENT = "org.apache.hc.client5.http.";
  static final String ADVICE = "dev.meshagent.instrumentation.apachehttpclient5.";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CLIENT + "impl.classic.ExecChainElement",
            MethodTarget.required(
                "<init>",
                "(Lorg/apache/hc/client5/http/classic/ExecChainHandler;",
                ADVICE + "ChainAdvice")),
        new TypeTarget(
            CLIENT + "impl.classic.MinimalHttpClient",
            MethodTarget.required(
                "doExecute",
                "(Lorg/apache/hc/core5/http/HttpHost;"
                    + "Lorg/apache/hc/core5/http/ClassicHttpRequest;"
                    + "Lorg/apache/hc/core5/http/protocol/HttpContext;",
                ADVICE + "MinimalAdvice")),
        new TypeTarget(
            CLIENT + "impl.classic.InternalExecRuntime",
            MethodTarget.required("releaseEndpoint", "()V", ADVICE + "ConnectionGivenUpAdvice"),
            MethodTarget.required("discardEndpoint", "()V", ADVICE + "ConnectionGivenUpAdvice"),
            MethodTarget.required("cancel", "()Z", ADVICE + "ConnectionGivenUpAdvice")),
        new TypeTarget(
            CLIENT + "impl.classic.ResponseEntityProxy",
            MethodTarget.required(
                "streamAbort", "(Ljava/io/InputStream;)Z", ADVICE + "BodyBrokenAdvice")),
        retries());
  }

  /** Both clients share the strategy; with both modules applied it is merely asked twice. */
  static TypeTarget retries() {
    return new TypeTarget(
        CLIENT + "impl.DefaultHttpRequestRetryStrategy",
        MethodTarget.required(
            "retryRequest", "(Lorg/apache/hc/core5/http/HttpRequest;", ADVICE + "RetryAdvice"),
        MethodTarget.required(
            "retryRequest",
            "(Lorg/apache/hc/core5/http/HttpResponse;",
            ADVICE + "RetryAnswerAdvice"));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
