package dev.meshagent.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GateTest {
  private static final byte[] ORIGINAL = {1};
  private static final byte[] WOVEN = {2};

  /** Longer than a test waits for what must not wait. */
  private static final long LOAD_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Gate gate =
      new Gate("log.level=off", Collections.singleton("a/Target"), LOAD_WAIT_NANOS);

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
    assertThat(load.get(20, TimeUnit.SECONDS)).isEqualTo(WOVEN);
    assertThat(load("a/Target")).isEqualTo(WOVEN);
  }

  @Test
  void aGateThatClosesLetsTargetsPassUntouched() throws Exception {
    CompletableFuture<byte[]> load = CompletableFuture.supplyAsync(() -> load("a/Target"));
    gate.close();
    assertThat(load.get(20, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void threadsOfTheAgentNeverWait() throws Exception {
    CompletableFuture<byte[]> load = new CompletableFuture<>();
    Thread thread = new Thread(() -> load.complete(load("a/Target")), "mesh-agent-control");
    thread.setDaemon(true);
    thread.start();
    assertThat(load.get(20, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void theWaitOfALoadIsBounded() {
    Gate hasty = new Gate("log.level=off", Collections.singleton("a/Target"), 1);
    assertThat(hasty.transform(null, "a/Target", null, null, ORIGINAL)).isNull();
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
    assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
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

  @Test
  void aTargetThatWasLetThroughIsWaitedForByItsName() throws Exception {
    Set<String> targets = new HashSet<>(Arrays.asList(internal(Early.class), internal(Late.class)));
    Gate waiting = new Gate("log.level=off", targets, LOAD_WAIT_NANOS);
    Thread thread =
        new Thread(
            () -> waiting.transform(null, internal(Late.class), null, null, ORIGINAL),
            "mesh-agent-control");
    thread.start();
    thread.join();
    waiting.accept(new Weaver());

    Queue<Class<?>[]> scans = new ArrayDeque<>();
    scans.add(new Class<?>[] {Early.class});
    scans.add(new Class<?>[] {Early.class, Late.class});
    List<Class<?>> woven = new ArrayList<>();
    waiting.weaveLoaded(instrumentation(scans, woven));
    assertThat(woven).containsExactly(Early.class, Late.class);
  }

  @Test
  void whatFailsIsSaidOnce(@TempDir Path directory) throws Exception {
    Path log = directory.resolve("agent.log");
    Gate failing =
        new Gate("log.file=" + log, Collections.singleton(internal(Early.class)), LOAD_WAIT_NANOS);
    failing.accept(
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] in) {
            throw new IllegalStateException("expected by the test");
          }
        });
    for (int i = 0; i < 2; i++) {
      failing.transform(null, internal(Early.class), null, null, ORIGINAL);
    }
    assertThat(Files.readAllLines(log))
        .singleElement()
        .asString()
        .contains(Early.class.getName() + " is left as it is", "expected by the test");
  }

  /** Loaded before the gate opens. */
  private static final class Early {}

  /** Let through untouched, and seen by the second scan only. */
  private static final class Late {}

  private static String internal(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  private static Instrumentation instrumentation(Queue<Class<?>[]> scans, List<Class<?>> woven) {
    return (Instrumentation)
        Proxy.newProxyInstance(
            GateTest.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "getAllLoadedClasses":
                  return scans.remove();
                case "isModifiableClass":
                  return true;
                case "retransformClasses":
                  woven.addAll(Arrays.asList((Class<?>[]) arguments[0]));
                  return null;
                default:
                  throw new UnsupportedOperationException(method.getName());
              }
            });
  }

  private byte[] load(String name) {
    return gate.transform(null, name, null, null, ORIGINAL);
  }
}
