package dev.meshagent.it.clients;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What an informer told of routes, in order: {@code added NAME TIMEOUT}. A change of the status
 * alone is left out. Thread-safe.
 */
final class Seen {
  private static final long TOLD_WITHIN_SECONDS = 60;

  private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

  ResourceEventHandler<GenericKubernetesResource> handler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(GenericKubernetesResource route) {
        tell("added", route);
      }

      @Override
      public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
        if (!before.getMetadata().getGeneration().equals(after.getMetadata().getGeneration())) {
          tell("changed", after);
        }
      }

      @Override
      public void onDelete(GenericKubernetesResource route, boolean unknownHowItWas) {
        tell("deleted", route);
      }
    };
  }

  private void tell(String what, GenericKubernetesResource route) {
    Object timeout = route.get("spec", "http", 0, "timeout");
    told.add(what + " " + route.getMetadata().getName() + " " + timeout);
  }

  /** The next, waited for. */
  String next() {
    try {
      String next = told.poll(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
