package dev.meshagent.instrumentation.reactornetty.spring;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;

/** A request's headers as Spring holds them before it writes them. */
final class SpringHeaders implements Function<String, String> {
  private final HttpHeaders headers;
  private final Map<String, List<String>> cookies;

  SpringHeaders(HttpHeaders headers) {
    this(headers, Collections.emptyMap());
  }

  /**
   * @param cookies which the header Cookie is made of, besides what it has
   */
  SpringHeaders(HttpHeaders headers, Map<String, List<String>> cookies) {
    this.headers = headers;
    this.cookies = cookies;
  }

  @Override
  public String apply(String name) {
    boolean cookie = name.equalsIgnoreCase("cookie");
    StringJoiner found = new StringJoiner(cookie ? "; " : ",").setEmptyValue("");
    boolean[] any = {false};
    // Since Spring 7 headers are no Map, and this is the one way in that all versions have.
    headers.forEach(
        (written, values) -> {
          if (written.equalsIgnoreCase(name)) {
            any[0] = true;
            values.forEach(found::add);
          }
        });
    if (cookie) {
      cookies.forEach(
          (key, values) -> {
            any[0] = true;
            values.forEach(value -> found.add(key + '=' + value));
          });
    }
    return any[0] ? found.toString() : null;
  }
}
