package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.policy.ServicePolicy;
import java.io.IOException;

/** A service's policy as JSON. */
final class PolicyJson {
  private PolicyJson() {}

  static ServicePolicy read(JsonIn in) throws IOException {
    in.enterObject();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      in.skipUnknown();
    }
    return ServicePolicy.NONE;
  }

  static void write(JsonGenerator out, ServicePolicy policy) throws IOException {
    out.writeStartObject();
    out.writeEndObject();
  }
}
