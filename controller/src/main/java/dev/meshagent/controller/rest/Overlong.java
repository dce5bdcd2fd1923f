package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.write.Rejection;

/**
 * Says in a {@code Status} that a body is too long also where the server itself cuts it off, before
 * anybody has read it. Other errors are answered as they were. Stateless.
 */
public final class Overlong implements ServerErrorHandler {
  /** What is answered for a body longer than so many bytes. */
  static KubeStatus status(long bytes) {
    return KubeStatus.of(
        Rejection.tooLarge("the body is longer than " + bytes + " bytes; send it in parts"));
  }

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    return null;
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      ServiceRequestContext ctx,
      ServiceConfig config,
      RequestHeaders headers,
      HttpStatus status,
      String description,
      Throwable cause) {
    if (!status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return null;
    }
    long limit = ctx == null ? config.maxRequestLength() : ctx.maxRequestLength();
    return AggregatedHttpResponse.of(
        status, MediaType.JSON, HttpData.wrap(JsonText.write(status(limit).json())));
  }
}
