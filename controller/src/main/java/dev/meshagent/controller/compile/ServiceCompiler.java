package dev.meshagent.controller.compile;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.HashMap;
import java.util.Map;

/**
 * Compiles one service for its callers, each kind of them once, and again only when what decides it
 * has changed. Not thread-safe.
 */
public final class ServiceCompiler {
  private final ServiceId id;
  private Policies policies;
  private Map<Inputs.Signature, Compiled> bySignature = new HashMap<>();
  private final Map<Caller, Compiled> byCaller = new HashMap<>();

  public ServiceCompiler(ServiceId id, Policies policies) {
    this.id = id;
    this.policies = policies;
  }

  /** From now on these policies hold. */
  public void use(Policies newPolicies) {
    Map<Inputs.Signature, Compiled> still = new HashMap<>();
    for (Caller caller : byCaller.keySet()) {
      Inputs.Signature signature = newPolicies.signature(newPolicies.inputs(id, caller));
      Compiled same = bySignature.get(signature);
      if (same != null) {
        still.put(signature, same);
      }
    }
    policies = newPolicies;
    bySignature = still;
    byCaller.clear();
  }

  /** What holds for a caller. */
  public Compiled compiled(Caller caller) {
    return byCaller.computeIfAbsent(caller, this::compile);
  }

  private Compiled compile(Caller caller) {
    Inputs inputs = policies.inputs(id, caller);
    return bySignature.computeIfAbsent(
        policies.signature(inputs), signature -> policies.compile(inputs));
  }
}
