package dev.meshagent.engine.snapshot;

/** A port of a service that a Service object maps to a port of its workloads. Immutable. */
public final class ServicePort {
  /** The number that callers use. */
  public final int port;

  public final String name;

  /** The name or the number of the workload's port; empty for the workload's primary port. */
  public final String target;

  public ServicePort(int port, String name, String target) {
    this.port = port;
    this.name = name;
    this.target = target;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServicePort
        && ((ServicePort) other).port == port
        && ((ServicePort) other).name.equals(name)
        && ((ServicePort) other).target.equals(target);
  }

  @Override
  public int hashCode() {
    return 31 * port + name.hashCode();
  }

  @Override
  public String toString() {
    return port + "(" + name + ")->" + (target.isEmpty() ? "primary" : target);
  }
}
