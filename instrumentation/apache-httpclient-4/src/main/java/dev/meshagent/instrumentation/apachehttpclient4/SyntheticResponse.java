package dev.meshagent.instrumentation.apachehttpclient4;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.WrittenAnswer;
import java.util.Collections;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpVersion;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.message.BasicHttpResponse;
import org.apache.http.message.BasicStatusLine;

/** A response that no server sent; there is no connection to give back. */
final class SyntheticResponse extends BasicHttpResponse implements CloseableHttpResponse {
  private SyntheticResponse(int status, Map<String, String> headers, byte[] body, boolean head) {
    super(new BasicStatusLine(HttpVersion.HTTP_1_1, status, WrittenAnswer.phrase(status)));
    for (Map.Entry<String, String> header : headers.entrySet()) {
      addHeader(header.getKey(), header.getValue());
    }
    if (status < 200 || status == 204 || status == 304) {
      return;
    }
    if (!containsHeader(HttpHeaders.CONTENT_LENGTH)) {
      addHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
    }
    if (!head) {
      ByteArrayEntity entity = new ByteArrayEntity(body);
      Header type = getFirstHeader(HttpHeaders.CONTENT_TYPE);
      entity.setContentType(type);
      setEntity(entity);
    }
  }

  static SyntheticResponse of(Step.Respond step, String method) {
    return new SyntheticResponse(step.status, step.headers, step.body, isHead(method));
  }

  static SyntheticResponse of(Step.Redirect step, String method) {
    return new SyntheticResponse(
        step.status,
        Collections.singletonMap(HttpHeaders.LOCATION, step.location),
        new byte[0],
        isHead(method));
  }

  private static boolean isHead(String method) {
    return "HEAD".equalsIgnoreCase(method);
  }

  @Override
  public void close() {}
}
