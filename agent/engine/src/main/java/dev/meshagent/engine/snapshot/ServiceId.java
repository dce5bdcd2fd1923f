package dev.meshagent.engine.snapshot;

import java.util.Objects;

/**
 * The identity of a service: its namespace and its name, or, for a service that a ServiceEntry
 * declares, its namespace and the host. Written {@code namespace/name}, as Istio writes it.
 * Immutable.
 */
public final class ServiceId implements Comparable<ServiceId> {
  public final String namespace;
  public final String name;

  public ServiceId(String namespace, String name) {
    this.namespace = Objects.requireNonNull(namespace, "namespace");
    this.name = Objects.requireNonNull(name, "name");
  }

  /**
   * Reads {@code namespace/name}.
   *
   * @throws IllegalArgumentException if the text has no such form
   */
  public static ServiceId parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      throw new IllegalArgumentException(
          "not a service identity: '" + text + "'; expected namespace/name");
    }
    return new ServiceId(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public int compareTo(ServiceId other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServiceId
        && ((ServiceId) other).name.equals(name)
        && ((ServiceId) other).namespace.equals(namespace);
  }

  @Override
  public int hashCode() {
    return 31 * namespace.hashCode() + name.hashCode();
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
