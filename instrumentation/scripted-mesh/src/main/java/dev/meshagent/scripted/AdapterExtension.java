package dev.meshagent.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.Mesh;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Weaves an adapter, puts it into the test's mesh, and holds each test to having left no error and
 * no timer behind. It looks after the test's own {@code AfterEach}, where servers are closed.
 */
public final class AdapterExtension implements BeforeEachCallback, AfterEachCallback {
  /** Longer than any machine holds the last thread of a call back: what is left then stays. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final TestMesh mesh;
  private boolean erring;
  private IntSupplier underWay = () -> 0;

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

  /**
   * Holds each test to nothing being left of its calls either.
   *
   * @param underWay how much the adapter remembers of calls; an answer is there before its last
   *     thread has forgotten it, so that this is waited for
   */
  public AdapterExtension remembering(IntSupplier underWay) {
    this.underWay = underWay;
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
    assertThat(awaitNone(underWay)).as("calls that are left").isZero();
  }

  private static int awaitNone(IntSupplier count) {
    long begun = System.nanoTime();
    while (count.getAsInt() != 0 && System.nanoTime() - begun < PATIENCE_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return count.getAsInt();
  }
}
