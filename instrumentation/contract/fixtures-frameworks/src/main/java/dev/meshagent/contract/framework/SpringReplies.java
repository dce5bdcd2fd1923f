package dev.meshagent.contract.framework;

import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.io.IOException;
import org.springframework.http.client.ClientHttpResponse;

/** Reads what Spring's blocking clients answer. */
final class SpringReplies {
  private SpringReplies() {}

  static Reply of(Request request, ClientHttpResponse response) throws IOException {
    Reply.Builder reply = new Reply.Builder(response.getStatusCode().value());
    response
        .getHeaders()
        .forEach((name, values) -> values.forEach(value -> reply.header(name, value)));
    return reply.read(response.getBody(), request.readAtMost).build();
  }
}
