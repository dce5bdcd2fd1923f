package dev.meshagent.springboot;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** By RestClient as Spring Boot makes it. */
@Component
public class RestClientCaller implements Caller {
  private final RestClient client;

  public RestClientCaller(RestClient.Builder builder) {
    client = builder.build();
  }

  @Override
  public String name() {
    return "rest-client";
  }

  @Override
  public String who(String base) {
    return client.get().uri(base + "/who").retrieve().body(String.class);
  }
}
