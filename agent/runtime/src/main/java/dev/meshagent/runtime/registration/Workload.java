package dev.meshagent.runtime.registration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** What this process offers to the mesh; without ports it offers nothing. Immutable. */
public final class Workload {
  public static final Workload NOTHING =
      new Workload(Collections.<String>emptyList(), Collections.<Integer>emptyList());

  /** The name of the primary port, whatever its number. */
  private static final String PRIMARY_NAME = "http";

  /** IP literals, the preferred first. */
  public final List<String> addresses;

  /** Port numbers, the primary first. */
  public final List<Integer> ports;

  /** Whether it is ready for calls; null if nobody asked, or it is not known yet. */
  public final Boolean ready;

  public Workload(List<String> addresses, List<Integer> ports) {
    this(addresses, ports, null);
  }

  private Workload(List<String> addresses, List<Integer> ports, Boolean ready) {
    this.ready = ready;
    this.addresses = Collections.unmodifiableList(new ArrayList<>(addresses));
    this.ports = Collections.unmodifiableList(new ArrayList<>(ports));
  }

  /** The same, ready or not. */
  public Workload probed(Boolean isReady) {
    return isEmpty() || Objects.equals(ready, isReady)
        ? this
        : new Workload(addresses, ports, isReady);
  }

  public boolean isEmpty() {
    return ports.isEmpty();
  }

  /** The name under which the port at an index of {@link #ports} is registered. */
  public String portName(int index) {
    return index == 0 ? PRIMARY_NAME : "p" + ports.get(index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Workload
        && ((Workload) other).addresses.equals(addresses)
        && ((Workload) other).ports.equals(ports)
        && Objects.equals(((Workload) other).ready, ready);
  }

  @Override
  public int hashCode() {
    return 31 * addresses.hashCode() + ports.hashCode();
  }

  @Override
  public String toString() {
    return isEmpty() ? "nothing" : "port " + ports.get(0) + " of " + ports + " at " + addresses;
  }
}
