package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a route does, as JSON. */
final class ActionJson {
  private ActionJson() {}

  static Redirect readRedirect(JsonIn in) throws IOException {
    in.enterObject();
    int status = 301;
    String scheme = "";
    String host = "";
    int port = 0;
    String path = "";
    String prefix = "";
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "status":
          status = in.integer(300, 399);
          break;
        case "scheme":
          scheme = in.text();
          break;
        case "host":
          host = in.text();
          break;
        case "port":
          port = in.integer(-1, 65535);
          break;
        case "path":
          path = in.text();
          break;
        case "prefix":
          prefix = in.text();
          break;
        default:
          in.skipUnknown();
      }
    }
    return new Redirect(status, scheme, host, port, path, prefix);
  }

  static DirectResponse readResponse(JsonIn in) throws IOException {
    in.enterObject();
    int status = 200;
    Map<String, String> headers = Collections.emptyMap();
    String body = "";
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "status":
          status = in.integer(200, 599);
          break;
        case "headers":
          headers = in.textMap();
          break;
        case "body":
          body = in.text();
          break;
        default:
          in.skipUnknown();
      }
    }
    return new DirectResponse(status, headers, body);
  }

  static Rewrite readRewrite(JsonIn in) throws IOException {
    in.enterObject();
    String at = in.path();
    String path = "";
    String prefix = null;
    String regex = "";
    String substitution = "";
    String authority = "";
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "path":
          path = in.text();
          break;
        case "prefix":
          prefix = in.text();
          break;
        case "regex":
          regex = in.text();
          break;
        case "substitution":
          substitution = in.text();
          break;
        case "authority":
          authority = in.text();
          break;
        default:
          in.skipUnknown();
      }
    }
    try {
      return new Rewrite(path, prefix, regex, substitution, authority);
    } catch (IllegalArgumentException e) {
      throw new SnapshotFormatException(at + ".regex", e.getMessage());
    }
  }

  static Fault readFault(JsonIn in) throws IOException {
    in.enterObject();
    double delayPercent = 0;
    long delayNanos = 0;
    double abortPercent = 0;
    int abortStatus = 0;
    int abortGrpcStatus = -1;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "delayPercent":
          delayPercent = in.decimal(0, 100);
          break;
        case "delayNanos":
          delayNanos = in.number(0, Long.MAX_VALUE);
          break;
        case "abortPercent":
          abortPercent = in.decimal(0, 100);
          break;
        case "abortStatus":
          abortStatus = in.integer(200, 599);
          break;
        case "abortGrpcStatus":
          abortGrpcStatus = in.integer(0, 16);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new Fault(delayPercent, delayNanos, abortPercent, abortStatus, abortGrpcStatus);
  }

  static Hedge readHedge(JsonIn in) throws IOException {
    in.enterObject();
    long delayNanos = 0;
    int attempts = 1;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "delayNanos":
          delayNanos = in.number(0, Long.MAX_VALUE);
          break;
        case "attempts":
          attempts = in.integer(1, 10);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new Hedge(delayNanos, attempts);
  }

  static RetryPolicy readRetry(JsonIn in) throws IOException {
    in.enterObject();
    RetryPolicy usual = RetryPolicy.DEFAULT;
    int retries = usual.retries;
    EnumSet<RetryOn> conditions = EnumSet.copyOf(usual.conditions);
    Set<Integer> statuses = new TreeSet<>();
    long perTryTimeoutNanos = 0;
    long baseNanos = usual.backoffBaseNanos;
    long maxNanos = usual.backoffMaxNanos;
    boolean avoidPrevious = true;
    boolean remoteLocalities = false;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "retries":
          retries = in.integer(0, 1000);
          break;
        case "on":
          conditions = EnumSet.noneOf(RetryOn.class);
          in.enterArray();
          while (in.nextElement()) {
            RetryOn condition = RetryOn.named(in.text());
            if (condition == null) {
              throw in.refuse("no retry condition: '" + in.text() + "'");
            }
            conditions.add(condition);
          }
          break;
        case "statuses":
          in.enterArray();
          while (in.nextElement()) {
            statuses.add(in.integer(100, 599));
          }
          break;
        case "perTryTimeoutNanos":
          perTryTimeoutNanos = in.number(0, Long.MAX_VALUE);
          break;
        case "backoffBaseNanos":
          baseNanos = in.number(0, Long.MAX_VALUE / 4);
          break;
        case "backoffMaxNanos":
          maxNanos = in.number(0, Long.MAX_VALUE / 4);
          break;
        case "avoidPrevious":
          avoidPrevious = in.bool();
          break;
        case "remoteLocalities":
          remoteLocalities = in.bool();
          break;
        default:
          in.skipUnknown();
      }
    }
    return new RetryPolicy(
        retries,
        conditions,
        statuses,
        perTryTimeoutNanos,
        baseNanos,
        maxNanos,
        avoidPrevious,
        remoteLocalities);
  }

  static void write(JsonGenerator out, Route route) throws IOException {
    if (route.redirect != null) {
      write(out, route.redirect);
    }
    if (route.response != null) {
      out.writeObjectFieldStart("response");
      out.writeNumberField("status", route.response.status);
      JsonOut.textMap(out, "headers", route.response.headers);
      JsonOut.text(out, "body", route.response.body);
      out.writeEndObject();
    }
    if (route.rewrite != null) {
      write(out, route.rewrite);
    }
    if (route.fault != null) {
      write(out, route.fault);
    }
    if (route.hedge != null) {
      out.writeObjectFieldStart("hedge");
      JsonOut.number(out, "delayNanos", route.hedge.delayNanos, 0);
      out.writeNumberField("attempts", route.hedge.attempts);
      out.writeEndObject();
    }
    if (route.retry != null) {
      write(out, route.retry);
    }
  }

  private static void write(JsonGenerator out, Redirect redirect) throws IOException {
    out.writeObjectFieldStart("redirect");
    out.writeNumberField("status", redirect.status);
    JsonOut.text(out, "scheme", redirect.scheme);
    JsonOut.text(out, "host", redirect.host);
    JsonOut.number(out, "port", redirect.port, 0);
    JsonOut.text(out, "path", redirect.path);
    JsonOut.text(out, "prefix", redirect.prefix);
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Rewrite rewrite) throws IOException {
    out.writeObjectFieldStart("rewrite");
    JsonOut.text(out, "path", rewrite.path);
    if (rewrite.prefix != null) {
      out.writeStringField("prefix", rewrite.prefix);
    }
    JsonOut.text(out, "regex", rewrite.regex);
    JsonOut.text(out, "substitution", rewrite.substitution);
    JsonOut.text(out, "authority", rewrite.authority);
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Fault fault) throws IOException {
    out.writeObjectFieldStart("fault");
    JsonOut.decimal(out, "delayPercent", fault.delayPercent, 0);
    JsonOut.number(out, "delayNanos", fault.delayNanos, 0);
    JsonOut.decimal(out, "abortPercent", fault.abortPercent, 0);
    JsonOut.number(out, "abortStatus", fault.abortStatus, 0);
    JsonOut.number(out, "abortGrpcStatus", fault.abortGrpcStatus, -1);
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, RetryPolicy retry) throws IOException {
    out.writeObjectFieldStart("retry");
    out.writeNumberField("retries", retry.retries);
    out.writeArrayFieldStart("on");
    for (RetryOn condition : retry.conditions) {
      out.writeString(condition.text);
    }
    out.writeEndArray();
    if (!retry.statuses.isEmpty()) {
      out.writeArrayFieldStart("statuses");
      for (int status : retry.statuses) {
        out.writeNumber(status);
      }
      out.writeEndArray();
    }
    JsonOut.number(out, "perTryTimeoutNanos", retry.perTryTimeoutNanos, 0);
    out.writeNumberField("backoffBaseNanos", retry.backoffBaseNanos);
    out.writeNumberField("backoffMaxNanos", retry.backoffMaxNanos);
    out.writeBooleanField("avoidPrevious", retry.avoidPrevious);
    if (retry.remoteLocalities) {
      out.writeBooleanField("remoteLocalities", true);
    }
    out.writeEndObject();
  }
}
