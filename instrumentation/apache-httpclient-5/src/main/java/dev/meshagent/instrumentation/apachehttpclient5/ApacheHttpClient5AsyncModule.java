package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Says where the asynchronous client is advised. It is a module of its own because an application
 * may have the classic client without the HTTP/2 library that this one needs.
 */
public final class ApacheHttpClient5AsyncModule implements InstrumentationModule {
  /** The name in logs, metrics and configuration. */
  static final String NAME = "apache-httpclient-5-async";

  private static final String CLIENT = ApacheHttpClient5Module.CLIENT;
  private static final String ADVICE = ApacheHttpClient5Module.ADVICE;
  private static final String POOL =
      "(Lorg/apache/hc/core5/reactor/ConnectionInitiator;Lorg/apache/hc/core5/function/Resolver;";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            CLIENT + "impl.async.AsyncExecChainElement",
            MethodTarget.required(
                "<init>",
                "(Lorg/apache/hc/client5/http/async/AsyncExecChainHandler;",
                ADVICE + "AsyncChainAdvice")),
        // The pools of the client for HTTP/2 alone: since 5.6 its own, before that the core's.
        new TypeTarget(
            CLIENT + "impl.async.InternalH2ConnPool",
            MethodTarget.optional("<init>", POOL, ADVICE + "AddressAdvice")),
        new TypeTarget(
            "org.apache.hc.core5.http2.nio.pool.H2ConnPool",
            MethodTarget.required("<init>", POOL, ADVICE + "AddressAdvice")),
        ApacheHttpClient5Module.retries());
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
