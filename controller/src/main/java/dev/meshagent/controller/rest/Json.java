package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.wire.YamlText;
import java.util.Arrays;
import java.util.List;

/** Answers in JSON, or in YAML to who asks for it. Stateless. */
public final class Json {
  private static final byte[] NEWLINE = {'\n'};
  private static final MediaType YAML = MediaType.parse("application/yaml");

  /** Longer ones are cut: headers have to fit into a client's buffers. */
  private static final int WARNING = 2048;

  /** All warnings together; what is left out stands in the status. */
  private static final int WARNINGS = 16;

  private Json() {}

  public static HttpResponse ok(JsonNode body) {
    return answer(HttpStatus.OK, body, false, List.of());
  }

  public static HttpResponse failed(KubeStatus status) {
    return answer(HttpStatus.valueOf(status.code()), status.json(), false, List.of());
  }

  /**
   * @param yaml whether in YAML
   * @param warnings sent as {@code Warning} headers, which kubectl prints
   */
  static HttpResponse answer(
      HttpStatus status, JsonNode body, boolean yaml, List<String> warnings) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(status).contentType(yaml ? YAML : MediaType.JSON);
    warnings.stream()
        .limit(WARNINGS)
        .forEach(warning -> headers.add(HttpHeaderNames.WARNING, header(warning)));
    byte[] text = yaml ? YamlText.write(body) : JsonText.write(body);
    return HttpResponse.of(headers.build(), yaml ? HttpData.wrap(text) : HttpData.wrap(line(text)));
  }

  /** RFC 9111 §5.5 of old: code, agent and a quoted text. */
  private static String header(String warning) {
    StringBuilder text = new StringBuilder("299 - \"");
    warning
        .codePoints()
        .limit(WARNING)
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
              } else {
                text.append(c < ' ' || c > '~' ? '?' : (char) c);
              }
            });
    return text.append('"').toString();
  }

  private static byte[] line(byte[] text) {
    byte[] out = Arrays.copyOf(text, text.length + 1);
    System.arraycopy(NEWLINE, 0, out, text.length, 1);
    return out;
  }
}
