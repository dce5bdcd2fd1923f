package dev.meshagent.runtime.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.stats.IntervalReport;
import dev.meshagent.engine.stats.IntervalReport.EndpointInterval;
import dev.meshagent.engine.stats.IntervalReport.Series;
import dev.meshagent.engine.stats.IntervalReport.ServiceInterval;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Writes what happened in an interval as docs/control-protocol.md has it, and no more of it than
 * the controller takes: telemetry may be dropped, but must not cost the connection. Stateless.
 */
public final class TelemetryFrame {
  private static final JsonFactory JSON = new JsonFactory();

  /** The controller's limits. */
  private static final int MAX_SERIES = 1_000;

  private static final int MAX_ENDPOINTS = 5_000;
  private static final int MAX_SERVICES = 1_000;

  /** What is left of a frame's 4 MiB is ample for the endpoints and services. */
  private static final int MAX_SERIES_CHARACTERS = 2 << 20;

  private TelemetryFrame() {}

  /**
   * @param intervalMillis how long the interval was
   * @param agentErrors errors inside the agent in the interval
   * @param unknownFields fields of the control protocol that were skipped in the interval
   */
  public static String write(
      IntervalReport report, long intervalMillis, long agentErrors, long unknownFields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", "telemetry");
      json.writeNumberField("intervalMillis", intervalMillis);
      json.writeArrayFieldStart("series");
      ByteBuffer room = ByteBuffer.allocate(0);
      for (Series series : first(MAX_SERIES, report.series)) {
        room = roomFor(series.histogram, room);
        write(json, series, room);
        json.flush();
        if (text.getBuffer().length() > MAX_SERIES_CHARACTERS) {
          break;
        }
      }
      json.writeEndArray();
      json.writeArrayFieldStart("endpoints");
      for (EndpointInterval endpoint : first(MAX_ENDPOINTS, report.endpoints)) {
        write(json, endpoint);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("services");
      for (ServiceInterval service : first(MAX_SERVICES, report.services)) {
        write(json, service);
      }
      json.writeEndArray();
      json.writeObjectFieldStart("counters");
      json.writeNumberField("agentErrors", agentErrors);
      json.writeNumberField("unknownFields", unknownFields);
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }

  private static <T> List<T> first(int limit, List<T> all) {
    return all.size() <= limit ? all : all.subList(0, limit);
  }

  private static void write(JsonGenerator json, Series series, ByteBuffer room) throws IOException {
    json.writeStartObject();
    json.writeStringField("service", series.service.toString());
    json.writeStringField("route", series.route);
    json.writeStringField("subset", series.subset);
    json.writeStringField("outcome", series.outcome.text);
    json.writeStringField("library", series.library);
    json.writeNumberField("count", series.count);
    json.writeStringField("histogram", compress(series.histogram, room));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, EndpointInterval endpoint) throws IOException {
    json.writeStartObject();
    json.writeStringField("service", endpoint.service.toString());
    json.writeStringField("uid", endpoint.uid);
    json.writeNumberField("attempts", endpoint.attempts);
    json.writeNumberField("failures", endpoint.failures);
    json.writeNumberField("ewmaMicros", endpoint.ewmaMicros);
    json.writeNumberField("outstanding", endpoint.outstanding);
    json.writeBooleanField("ejected", endpoint.ejected);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, ServiceInterval service) throws IOException {
    json.writeStartObject();
    json.writeStringField("service", service.service.toString());
    json.writeNumberField("calls", service.calls);
    json.writeNumberField("attempts", service.attempts);
    json.writeNumberField("retries", service.retries);
    json.writeNumberField("budgetExhausted", service.budgetExhausted);
    json.writeEndObject();
  }

  /** The same for all histograms of a frame, as far as they are alike: it is tens of KiB. */
  private static ByteBuffer roomFor(Histogram histogram, ByteBuffer before) {
    int needed = histogram.getNeededByteBufferCapacity();
    return before.capacity() < needed ? ByteBuffer.allocate(needed) : before;
  }

  private static String compress(Histogram histogram, ByteBuffer room) {
    room.clear();
    int length = histogram.encodeIntoCompressedByteBuffer(room);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(room.array(), length));
  }
}
