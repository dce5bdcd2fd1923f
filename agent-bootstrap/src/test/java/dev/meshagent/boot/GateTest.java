package dev.meshagent.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GateTest {
  private static final byte[] ORIGINAL = {1};
  private static final byte[] WOVEN = {2};

  private final Gate gate = new Gate(Collections.singleton("a/Target"));

  private static final class Weaver implements ClassFileTransformer {
    @Override
    public byte[] transform(
        ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
      return WOVEN;
    }
  }

  @Test
  void classesThatAreNoTargetsPassWithoutWaiting() throws Exception {
    assertThat(load("a/Other")).isNull();
    assertThat(load(null)).isNull();
  }

  @Test
  void theFirstLoadOfATargetWaitsForTheWeaver() throws Exception {
    CompletableFuture<byte[]> load = CompletableFuture.supplyAsync(() -> load("a/Target"));
    gate.accept(new Weaver());
    assertThat(load.get(10, TimeUnit.SECONDS)).isEqualTo(WOVEN);
    assertThat(load("a/Target")).isEqualTo(WOVEN);
  }

  @Test
  void aGateThatClosesLetsTargetsPassUntouched() throws Exception {
    CompletableFuture<byte[]> load = CompletableFuture.supplyAsync(() -> load("a/Target"));
    gate.close();
    assertThat(load.get(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void threadsOfTheAgentNeverWait() throws Exception {
    CompletableFuture<byte[]> load = new CompletableFuture<>();
    Thread thread = new Thread(() -> load.complete(load("a/Target")), "mesh-agent-control");
    thread.setDaemon(true);
    thread.start();
    assertThat(load.get(1, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void anInterruptedThreadStaysInterruptedAndStillGetsItsClass() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              byte[] loaded = load("a/Target");
              interrupted.complete(loaded == WOVEN && Thread.currentThread().isInterrupted());
            });
    thread.setDaemon(true);
    thread.start();
    gate.accept(new Weaver());
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anErrorOfTheWeaverLeavesTheClassAsItIs() {
    gate.accept(
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] in) {
            throw new IllegalStateException("broken");
          }
        });
    assertThat(load("a/Target")).isNull();
  }

  private byte[] load(String name) {
    return gate.transform(null, name, null, null, ORIGINAL);
  }
}
