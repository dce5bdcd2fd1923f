package dev.meshagent.engine;

import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.stats.IntervalReport;
import java.util.Collections;

/** The engine's door: opens calls, and takes names and snapshots. Thread-safe; nothing blocks. */
public final class Engine {
  public Engine(
      Clock clock, Randomness random, EngineSettings settings, Subscriptions subscriptions) {}

  public MeshCall open(String library, RequestHead head) {
    return null;
  }

  public void names(NameTable table) {}

  public void snapshot(ServiceSnapshot snapshot) {}

  public void forget(ServiceId service) {}

  public IntervalReport takeInterval() {
    return new IntervalReport(
        Collections.<IntervalReport.Series>emptyList(),
        Collections.<IntervalReport.EndpointInterval>emptyList(),
        Collections.<IntervalReport.ServiceInterval>emptyList());
  }
}
