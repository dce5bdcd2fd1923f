package dev.meshagent.springboot;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestTemplate;

/** By RestTemplate as it is made by default, which is over HttpURLConnection. */
@Component
public class RestTemplateCaller implements Caller {
  private final RestTemplate template = new RestTemplate();

  @Override
  public String name() {
    return "rest-template";
  }

  @Override
  public String who(String base) {
    return template.getForObject(base + "/who", String.class);
  }
}
