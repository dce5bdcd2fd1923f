package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.scripted.Answer;
import java.io.IOException;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpResponse;
import org.apache.http.util.EntityUtils;

/** What the application gets of a response. */
final class Answers {
  private Answers() {}

  static Answer of(HttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    Answer answer =
        new Answer(
            response.getStatusLine().getStatusCode(),
            entity == null ? null : EntityUtils.toString(entity));
    for (Header header : response.getAllHeaders()) {
      answer.header(header.getName(), header.getValue());
    }
    return answer;
  }
}
