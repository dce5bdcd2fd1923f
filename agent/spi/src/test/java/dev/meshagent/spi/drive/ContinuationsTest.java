package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ContinuationsTest {
  @Test
  void aTaskRunsOnADaemonWithTheContextOfWhoAskedForIt() throws Exception {
    Continuations continuations = new Continuations("tests");
    Thread here = Thread.currentThread();
    ClassLoader before = here.getContextClassLoader();
    CompletableFuture<ClassLoader> context = new CompletableFuture<>();
    CompletableFuture<Boolean> daemon = new CompletableFuture<>();
    try (URLClassLoader asked = new URLClassLoader(new URL[0])) {
      here.setContextClassLoader(asked);
      Runnable later =
          continuations.later(
              () -> {
                daemon.complete(Thread.currentThread().isDaemon());
                context.complete(Thread.currentThread().getContextClassLoader());
              });
      here.setContextClassLoader(before);
      later.run();
      assertThat(context.get(10, TimeUnit.SECONDS)).isSameAs(asked);
      assertThat(daemon.get(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      here.setContextClassLoader(before);
    }
  }

  @Test
  void aThreadInheritsNothingOfTheOneThatHappenedToStartIt() throws Exception {
    Continuations continuations = new Continuations("tests");
    InheritableThreadLocal<String> applications = new InheritableThreadLocal<>();
    CompletableFuture<Optional<String>> seen = new CompletableFuture<>();
    applications.set("a request's");
    try {
      continuations.run(() -> seen.complete(Optional.ofNullable(applications.get())));
    } finally {
      applications.remove();
    }
    assertThat(seen.get(10, TimeUnit.SECONDS)).isEmpty();
  }
}
