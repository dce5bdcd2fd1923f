package dev.meshagent.engine.snapshot.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.BalancePolicy.Algorithm;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A balancing policy as JSON; what is left out is the default. */
final class BalanceJson {
  private static final String[] ALGORITHMS = {
    "latencyAware", "leastRequest", "roundRobin", "random", "ringHash", "maglev"
  };

  private BalanceJson() {}

  static BalancePolicy read(JsonIn in) throws IOException {
    in.enterObject();
    BalancePolicy usual = BalancePolicy.DEFAULT;
    Algorithm algorithm = usual.algorithm;
    HashKey hash = null;
    int ring = usual.ringMinimum;
    int table = usual.tableSize;
    SlowStart slowStart = null;
    LocalityPolicy locality = usual.locality;
    int aperture = usual.aperture;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "algorithm":
          algorithm = readAlgorithm(in);
          break;
        case "hash":
          hash = RouteJson.readHashKey(in);
          break;
        case "ringMinimum":
          ring = in.integer(1, BalancePolicy.RING_MAXIMUM);
          break;
        case "tableSize":
          table = readPrime(in);
          break;
        case "slowStart":
          slowStart = readSlowStart(in);
          break;
        case "locality":
          locality = readLocality(in);
          break;
        case "aperture":
          aperture = in.integer(0, Integer.MAX_VALUE);
          break;
        default:
          in.skipUnknown();
      }
    }
    return new BalancePolicy(algorithm, hash, ring, table, slowStart, locality, aperture);
  }

  private static Algorithm readAlgorithm(JsonIn in) throws IOException {
    String text = in.text();
    for (int i = 0; i < ALGORITHMS.length; i++) {
      if (ALGORITHMS[i].equals(text)) {
        return Algorithm.values()[i];
      }
    }
    throw in.refuse("no balancing algorithm: '" + text + "'");
  }

  /** Maglev's table is a prime of at most 5000011, as in Envoy. */
  private static int readPrime(JsonIn in) throws IOException {
    int value = in.integer(2, 5_000_011);
    for (int divisor = 2; (long) divisor * divisor <= value; divisor++) {
      if (value % divisor == 0) {
        throw in.refuse(value + " is no prime");
      }
    }
    return value;
  }

  private static SlowStart readSlowStart(JsonIn in) throws IOException {
    in.enterObject();
    String path = in.path();
    long window = 0;
    double aggression = 1;
    double least = 10;
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "windowNanos":
          window = in.number(1, Long.MAX_VALUE);
          break;
        case "aggression":
          aggression = in.decimal(0.001, 1000);
          break;
        case "leastPercent":
          least = in.decimal(0, 100);
          break;
        default:
          in.skipUnknown();
      }
    }
    if (window == 0) {
      throw new SnapshotFormatException(path + ".windowNanos", "missing");
    }
    return new SlowStart(window, aggression, least);
  }

  private static LocalityPolicy readLocality(JsonIn in) throws IOException {
    in.enterObject();
    boolean enabled = true;
    List<LocalityPolicy.Distribute> distribute = new ArrayList<>();
    Map<String, String> failover = Collections.emptyMap();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "enabled":
          enabled = in.bool();
          break;
        case "distribute":
          in.enterArray();
          while (in.nextElement()) {
            distribute.add(readDistribute(in));
          }
          break;
        case "failover":
          failover = in.textMap();
          break;
        default:
          in.skipUnknown();
      }
    }
    return new LocalityPolicy(enabled, distribute, failover);
  }

  private static LocalityPolicy.Distribute readDistribute(JsonIn in) throws IOException {
    in.enterObject();
    String from = "";
    Map<String, Integer> to = new TreeMap<>();
    for (String field = in.nextField(); field != null; field = in.nextField()) {
      switch (field) {
        case "from":
          from = in.text();
          break;
        case "to":
          in.enterObject();
          for (String place = in.nextField(); place != null; place = in.nextField()) {
            to.put(place, in.integer(0, 1_000_000));
          }
          break;
        default:
          in.skipUnknown();
      }
    }
    return new LocalityPolicy.Distribute(from, to);
  }

  static void write(JsonGenerator out, BalancePolicy balance) throws IOException {
    BalancePolicy usual = BalancePolicy.DEFAULT;
    out.writeStartObject();
    out.writeStringField("algorithm", ALGORITHMS[balance.algorithm.ordinal()]);
    if (balance.hash != null) {
      RouteJson.write(out, "hash", balance.hash);
    }
    JsonOut.number(out, "ringMinimum", balance.ringMinimum, usual.ringMinimum);
    JsonOut.number(out, "tableSize", balance.tableSize, usual.tableSize);
    if (balance.slowStart != null) {
      out.writeObjectFieldStart("slowStart");
      out.writeNumberField("windowNanos", balance.slowStart.windowNanos);
      JsonOut.decimal(out, "aggression", balance.slowStart.aggression, 1);
      JsonOut.decimal(out, "leastPercent", balance.slowStart.leastPercent, 10);
      out.writeEndObject();
    }
    if (!balance.locality.equals(usual.locality)) {
      write(out, balance.locality);
    }
    JsonOut.number(out, "aperture", balance.aperture, usual.aperture);
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, LocalityPolicy locality) throws IOException {
    out.writeObjectFieldStart("locality");
    out.writeBooleanField("enabled", locality.enabled);
    if (!locality.distribute.isEmpty()) {
      out.writeArrayFieldStart("distribute");
      for (LocalityPolicy.Distribute each : locality.distribute) {
        out.writeStartObject();
        out.writeStringField("from", each.from);
        out.writeObjectFieldStart("to");
        for (Map.Entry<String, Integer> place : each.to.entrySet()) {
          out.writeNumberField(place.getKey(), place.getValue());
        }
        out.writeEndObject();
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    JsonOut.textMap(out, "failover", locality.failover);
    out.writeEndObject();
  }
}
