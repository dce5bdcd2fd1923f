package dev.meshagent.instrumentation.reactornetty.spring;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Says where Spring 5.3 and later is advised. All of it is optional: an application has one of
 * these clients or another, and calls without it lose nothing but routing on headers.
 */
public final class SpringModule implements InstrumentationModule {
  private static final String ADVICE = "dev.meshagent.instrumentation.reactornetty.spring.";

  @Override
  public String name() {
    return "reactor-netty-spring";
  }

  @Override
  public List<TypeTarget> types() {
    return Arrays.asList(
        new TypeTarget(
            "org.springframework.web.reactive.function.client"
                + ".ExchangeFunctions$DefaultExchangeFunction",
            MethodTarget.optional(
                "exchange",
                "(Lorg/springframework/web/reactive/function/client/ClientRequest;)",
                ADVICE + "ExchangeAdvice")),
        blocking("ReactorClientHttpRequest"),
        // So called in 6.1.
        blocking("ReactorNettyClientRequest"));
  }

  private static TypeTarget blocking(String request) {
    return new TypeTarget(
        "org.springframework.http.client." + request,
        MethodTarget.optional(
            "<init>", "(Lreactor/netty/http/client/HttpClient;", ADVICE + "RequestAdvice"),
        MethodTarget.optional(
            "executeInternal",
            "(Lorg/springframework/http/HttpHeaders;",
            ADVICE + "ExecuteAdvice"));
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
