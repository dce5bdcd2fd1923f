package dev.meshagent.engine;

import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.call.Step;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The responses that the mesh itself makes, each in the words of the protocol that was spoken. */
final class Answers {
  private static final String ABORT_TEXT = "fault filter abort";
  private static final String CONTENT_TYPE = "content-type";
  private static final String TEXT = "text/plain";

  private Answers() {}

  /**
   * A body of which nothing says what it is, is text, as Envoy has it; gRPC makes a message of it.
   */
  static Step.Respond of(DirectResponse response, RequestHead head) {
    if (response.body.isEmpty() || head.grpc() || hasType(response.headers)) {
      return answer(response.status, response.headers, response.body);
    }
    Map<String, String> headers = new TreeMap<>(response.headers);
    headers.put(CONTENT_TYPE, TEXT);
    return answer(response.status, headers, response.body);
  }

  private static boolean hasType(Map<String, String> headers) {
    for (String name : headers.keySet()) {
      if (name.equalsIgnoreCase(CONTENT_TYPE)) {
        return true;
      }
    }
    return false;
  }

  /** The answer of an abort fault. */
  static Step.Respond abort(Fault fault, RequestHead head) {
    int code = fault.abortGrpcStatus >= 0 ? fault.abortGrpcStatus : GrpcStatus.UNAVAILABLE;
    return fault.abortStatus == 0
        ? grpc(code, ABORT_TEXT)
        : refuse(head, fault.abortStatus, code, ABORT_TEXT);
  }

  /** An HTTP status, or to a gRPC call the code that says the same. */
  static Step.Respond refuse(RequestHead head, int status, int grpcCode, String text) {
    return head.grpc()
        ? grpc(grpcCode, text)
        : answer(status, Collections.singletonMap(CONTENT_TYPE, TEXT), text);
  }

  private static Step.Respond grpc(int code, String text) {
    Map<String, String> headers = new TreeMap<>();
    headers.put(CONTENT_TYPE, "application/grpc");
    headers.put("grpc-status", Integer.toString(code));
    headers.put("grpc-message", text);
    return answer(200, headers, "");
  }

  private static Step.Respond answer(int status, Map<String, String> headers, String body) {
    return new Step.Respond(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }
}
