package dev.meshagent.instrumentation.apachehttpclient5;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.WrittenAnswer;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.message.BasicHttpResponse;

/** Makes the library's responses for answers that no server sent. */
final class Synthesis {
  private Synthesis() {}

  static ClassicHttpResponse classic(Step.Respond step) {
    BasicClassicHttpResponse response = new BasicClassicHttpResponse(step.status);
    write(response, step.headers, step.body.length);
    if (hasBody(step.status)) {
      response.setEntity(new ByteArrayEntity(step.body, contentType(response)));
    }
    return response;
  }

  static ClassicHttpResponse classic(Step.Redirect step) {
    BasicClassicHttpResponse response = new BasicClassicHttpResponse(step.status);
    write(response, null, 0);
    response.setHeader(HttpHeaders.LOCATION, step.location);
    return response;
  }

  static HttpResponse head(Step.Respond step) {
    BasicHttpResponse response = new BasicHttpResponse(step.status);
    write(response, step.headers, step.body.length);
    return response;
  }

  static HttpResponse head(Step.Redirect step) {
    BasicHttpResponse response = new BasicHttpResponse(step.status);
    write(response, null, 0);
    response.setHeader(HttpHeaders.LOCATION, step.location);
    return response;
  }

  static boolean hasBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  /** Null for none, or for one that the library cannot parse. */
  static ContentType contentType(HttpResponse response) {
    Header header = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
    try {
      return header == null ? null : ContentType.parse(header.getValue());
    } catch (RuntimeException unusable) {
      return null;
    }
  }

  private static void write(HttpResponse response, Map<String, String> headers, int length) {
    response.setVersion(HttpVersion.HTTP_1_1);
    response.setReasonPhrase(WrittenAnswer.phrase(response.getCode()));
    if (headers != null) {
      for (Map.Entry<String, String> header : headers.entrySet()) {
        response.addHeader(header.getKey(), header.getValue());
      }
    }
    if (hasBody(response.getCode()) && !response.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
      response.addHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
    }
  }
}
