package dev.meshagent.springboot;

import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;

/** By WebClient as Spring Boot makes it, which is over Reactor Netty. */
@Component
public class WebClientCaller implements Caller {
  private final WebClient client;

  public WebClientCaller(WebClient.Builder builder) {
    client = builder.build();
  }

  @Override
  public String name() {
    return "web-client";
  }

  @Override
  public String who(String base) {
    return client.get().uri(base + "/who").retrieve().bodyToMono(String.class).block();
  }
}
