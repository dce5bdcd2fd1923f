package dev.meshagent.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.Mesh;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Weaves an adapter, puts it into the test's mesh, and holds each test to having left no error and
 * no timer behind. It looks after the test's own {@code AfterEach}, where servers are closed.
 */
public final class AdapterExtension implements BeforeEachCallback, AfterEachCallback {
  private final TestMesh mesh;
  private boolean erring;

  /** Weaves at once: to be made before the library's clients. */
  public AdapterExtension(TestMesh mesh, InstrumentationModule... modules) {
    this.mesh = mesh;
    try {
      for (InstrumentationModule module : modules) {
        Weaving.ensure(module);
      }
    } catch (Exception e) {
      throw new IllegalStateException("the adapter cannot be woven", e);
    }
  }

  /** For tests that look at the agent's errors themselves. */
  public AdapterExtension erring() {
    erring = true;
    return this;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Weaving.suppressed().clear();
    Mesh.install(mesh);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(Weaving.suppressed()).isEmpty();
    if (!erring) {
      assertThat(mesh.errors).isEmpty();
    }
    assertThat(mesh.timers()).as("timers that are left").isZero();
  }
}
