package dev.meshagent.instrumentation.apachehttpclient5;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/** What the application got. */
final class Answer {
  final int status;
  final String body;

  /** By name in lower case. */
  final Map<String, String> headers = new HashMap<>();

  Answer(HttpResponse response, String body) {
    this.status = response.getCode();
    this.body = body;
    for (Header header : response.getHeaders()) {
      headers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
  }
}
