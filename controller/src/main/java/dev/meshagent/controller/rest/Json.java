package dev.meshagent.controller.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;

/** Answers in JSON. Stateless. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  public static HttpResponse ok(JsonNode body) {
    return answer(HttpStatus.OK, body);
  }

  public static HttpResponse failed(KubeStatus status) {
    return answer(HttpStatus.valueOf(status.code()), status.json());
  }

  private static HttpResponse answer(HttpStatus status, JsonNode body) {
    try {
      return HttpResponse.of(status, MediaType.JSON, MAPPER.writeValueAsString(body) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
