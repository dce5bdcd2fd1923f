package dev.meshagent.instrumentation.okhttp;

import dev.meshagent.engine.call.Step;
import dev.meshagent.spi.drive.WrittenAnswer;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Responses that no server sent. */
final class SyntheticAnswer {
  private SyntheticAnswer() {}

  static Response of(Step.Respond step, Request request) {
    Response.Builder response = begin(step.status, request);
    String type = null;
    for (Map.Entry<String, String> header : step.headers.entrySet()) {
      response.addHeader(header.getKey(), header.getValue());
      type = header.getKey().equalsIgnoreCase("Content-Type") ? header.getValue() : type;
    }
    boolean head = request.method().equals("HEAD");
    if (step.status != 204 && !lengthSaid(step)) {
      response.header("Content-Length", Integer.toString(step.body.length));
    }
    return response
        .body(
            ResponseBody.create(
                type == null ? null : MediaType.parse(type), head ? new byte[0] : step.body))
        .build();
  }

  static Response of(Step.Redirect step, Request request) {
    return begin(step.status, request)
        .header("Location", step.location)
        .body(ResponseBody.create(null, new byte[0]))
        .build();
  }

  private static boolean lengthSaid(Step.Respond step) {
    for (String name : step.headers.keySet()) {
      if (name.equalsIgnoreCase("Content-Length")) {
        return true;
      }
    }
    return false;
  }

  private static Response.Builder begin(int status, Request request) {
    long now = System.currentTimeMillis();
    return new Response.Builder()
        .request(request)
        .protocol(Protocol.HTTP_1_1)
        .code(status)
        .message(WrittenAnswer.phrase(status))
        .sentRequestAtMillis(now)
        .receivedResponseAtMillis(now);
  }
}
