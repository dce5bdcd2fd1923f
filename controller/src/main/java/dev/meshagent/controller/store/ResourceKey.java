package dev.meshagent.controller.store;

import java.util.Comparator;

/**
 * Names one resource. Ordered by kind, namespace and name.
 *
 * @param namespace empty for kinds that have none
 */
public record ResourceKey(Kind kind, String namespace, String name)
    implements Comparable<ResourceKey> {
  private static final Comparator<ResourceKey> ORDER =
      Comparator.comparing(ResourceKey::kind)
          .thenComparing(ResourceKey::namespace)
          .thenComparing(ResourceKey::name);

  public ResourceKey {
    if (kind.namespaced == namespace.isEmpty()) {
      throw new IllegalArgumentException(
          kind + " " + name + (kind.namespaced ? " needs a namespace" : " has no namespace"));
    }
  }

  @Override
  public int compareTo(ResourceKey other) {
    return ORDER.compare(this, other);
  }

  /** As messages name it: {@code VirtualService shop/orders}. */
  @Override
  public String toString() {
    return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
