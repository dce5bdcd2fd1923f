package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.io.IOException;

/** A traffic policy as JSON; what is left out is the default. */
final class TrafficJson {
  private TrafficJson() {}

  static TrafficPolicy read(JsonIn in) throws IOException {
    in.enterObject();
    TrafficPolicy usual = TrafficPolicy.DEFAULT;
    BalancePolicy balance = usual.balance;
    Limits limits = usual.limits;
    EjectionPolicy ejection = usual.ejection;
    double budgetPercent = usual.budgetPercent;
    double budgetFree = usual.budgetFreePerSecond;
    TlsMode tls = usual.tls;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "balance":
          balance = BalanceJson.read(in);
          break;
        case "limits":
          limits = readLimits(in);
          break;
        case "ejection":
          ejection = readEjection(in);
          break;
        case "budgetPercent":
          budgetPercent = in.decimal(0, 100);
          break;
        case "budgetFreePerSecond":
          budgetFree = in.decimal(0, 1e9);
          break;
        case "tls":
          tls = readTls(in);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new TrafficPolicy(balance, limits, ejection, budgetPercent, budgetFree, tls);
  }

  private static TlsMode readTls(JsonIn in) throws IOException {
    for (TlsMode mode : TlsMode.values()) {
      if (mode.text.equals(in.text())) {
        return mode;
      }
    }
    throw in.refuse("no TLS mode: '" + in.text() + "'");
  }

  private static Limits readLimits(JsonIn in) throws IOException {
    in.enterObject();
    int connections = 0;
    int requests = 0;
    int pending = Limits.DEFAULT_PENDING;
    int retries = 0;
    long connectNanos = 0;
    long idleNanos = 0;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "maxConnections":
          connections = in.integer(0, Integer.MAX_VALUE);
          break;
        case "maxRequests":
          requests = in.integer(0, Integer.MAX_VALUE);
          break;
        case "maxPending":
          pending = in.integer(0, Integer.MAX_VALUE);
          break;
        case "maxRetries":
          retries = in.integer(0, Integer.MAX_VALUE);
          break;
        case "connectTimeoutNanos":
          connectNanos = in.number(0, Long.MAX_VALUE);
          break;
        case "idleTimeoutNanos":
          idleNanos = in.number(0, Long.MAX_VALUE);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new Limits(connections, requests, pending, retries, connectNanos, idleNanos);
  }

  private static EjectionPolicy readEjection(JsonIn in) throws IOException {
    in.enterObject();
    EjectionPolicy usual = EjectionPolicy.DEFAULT;
    int fiveXx = usual.consecutive5xx;
    int gateway = usual.consecutiveGateway;
    int local = usual.consecutiveLocal;
    boolean split = usual.splitLocal;
    long interval = usual.intervalNanos;
    long base = usual.baseNanos;
    long max = usual.maxNanos;
    int maxPercent = usual.maxPercent;
    int minHealth = usual.minHealthPercent;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "consecutive5xx":
          fiveXx = in.integer(0, Integer.MAX_VALUE);
          break;
        case "consecutiveGateway":
          gateway = in.integer(0, Integer.MAX_VALUE);
          break;
        case "consecutiveLocal":
          local = in.integer(0, Integer.MAX_VALUE);
          break;
        case "splitLocal":
          split = in.bool();
          break;
        case "intervalNanos":
          interval = in.number(1, Long.MAX_VALUE);
          break;
        case "baseNanos":
          base = in.number(1, Long.MAX_VALUE / 1000);
          break;
        case "maxNanos":
          max = in.number(1, Long.MAX_VALUE);
          break;
        case "maxPercent":
          maxPercent = in.integer(0, 100);
          break;
        case "minHealthPercent":
          minHealth = in.integer(0, 100);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new EjectionPolicy(
        fiveXx, gateway, local, split, interval, base, max, maxPercent, minHealth);
  }

  static void write(JsonGenerator out, TrafficPolicy traffic) throws IOException {
    TrafficPolicy usual = TrafficPolicy.DEFAULT;
    out.writeStartObject();
    if (!traffic.balance.equals(usual.balance)) {
      out.writeFieldName("balance");
      BalanceJson.write(out, traffic.balance);
    }
    if (!traffic.limits.equals(usual.limits)) {
      Limits limits = traffic.limits;
      out.writeObjectFieldStart("limits");
      JsonOut.number(out, "maxConnections", limits.maxConnections, 0);
      JsonOut.number(out, "maxRequests", limits.maxRequests, 0);
      out.writeNumberField("maxPending", limits.maxPending);
      JsonOut.number(out, "maxRetries", limits.maxRetries, 0);
      JsonOut.number(out, "connectTimeoutNanos", limits.connectTimeoutNanos, 0);
      JsonOut.number(out, "idleTimeoutNanos", limits.idleTimeoutNanos, 0);
      out.writeEndObject();
    }
    if (!traffic.ejection.equals(usual.ejection)) {
      EjectionPolicy ejection = traffic.ejection;
      out.writeObjectFieldStart("ejection");
      out.writeNumberField("consecutive5xx", ejection.consecutive5xx);
      out.writeNumberField("consecutiveGateway", ejection.consecutiveGateway);
      out.writeNumberField("consecutiveLocal", ejection.consecutiveLocal);
      out.writeBooleanField("splitLocal", ejection.splitLocal);
      out.writeNumberField("intervalNanos", ejection.intervalNanos);
      out.writeNumberField("baseNanos", ejection.baseNanos);
      out.writeNumberField("maxNanos", ejection.maxNanos);
      out.writeNumberField("maxPercent", ejection.maxPercent);
      out.writeNumberField("minHealthPercent", ejection.minHealthPercent);
      out.writeEndObject();
    }
    JsonOut.decimal(out, "budgetPercent", traffic.budgetPercent, usual.budgetPercent);
    JsonOut.decimal(
        out, "budgetFreePerSecond", traffic.budgetFreePerSecond, usual.budgetFreePerSecond);
    if (traffic.tls != usual.tls) {
      out.writeStringField("tls", traffic.tls.text);
    }
    out.writeEndObject();
  }
}
