package dev.meshagent.controller.compile;

import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Compiles one service for its callers, each kind of them once, and again only when what decides it
 * has changed: what did not change is the same object as before. Not thread-safe.
 */
public final class ServiceCompiler {
  private final ServiceId id;
  private Policies policies;
  private Map<Inputs.Signature, Compiled> bySignature = new HashMap<>();

  public ServiceCompiler(ServiceId id, Policies policies) {
    this.id = id;
    this.policies = policies;
  }

  /**
   * From now on these policies hold.
   *
   * @param callers all those for whom what was compiled before may be needed again
   * @return what holds for each of them
   */
  public Map<Caller, Compiled> use(Policies newPolicies, Collection<Caller> callers) {
    policies = newPolicies;
    Map<Inputs.Signature, Compiled> before = bySignature;
    bySignature = new HashMap<>();
    Map<Caller, Compiled> all = new HashMap<>();
    for (Caller caller : callers) {
      Inputs inputs = policies.inputs(id, caller);
      Inputs.Signature signature = policies.signature(inputs);
      Compiled same = before.get(signature);
      if (same != null) {
        bySignature.put(signature, same);
      }
      all.put(caller, compiled(signature, inputs));
    }
    return all;
  }

  /** What holds for a caller. */
  public Compiled compiled(Caller caller) {
    Inputs inputs = policies.inputs(id, caller);
    return compiled(policies.signature(inputs), inputs);
  }

  private Compiled compiled(Inputs.Signature signature, Inputs inputs) {
    return bySignature.computeIfAbsent(signature, s -> policies.compile(inputs));
  }
}
