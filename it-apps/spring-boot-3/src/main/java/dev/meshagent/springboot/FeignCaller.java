package dev.meshagent.springboot;

import feign.Feign;
import feign.RequestLine;
import org.springframework.stereotype.Component;

/** By OpenFeign as it is made by default, which is over HttpURLConnection. */
@Component
public class FeignCaller implements Caller {
  @Override
  public String name() {
    return "feign";
  }

  @Override
  public String who(String base) {
    return Feign.builder().target(Who.class, base).who();
  }

  /** The service as Feign is told of it. */
  interface Who {
    @RequestLine("GET /who")
    String who();
  }
}
