package dev.meshagent.scripted;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Stands for the agent's boot class: this one is put into the boot loader by {@link Weaving}. */
public final class HarnessLink {
  public static volatile Function<Object[], Object> linker;
  public static final Queue<Throwable> SUPPRESSED = new ConcurrentLinkedQueue<>();

  private HarnessLink() {}

  public static CallSite link(
      MethodHandles.Lookup caller, String name, MethodType type, Object... arguments) {
    return (CallSite) linker.apply(new Object[] {caller, name, type, arguments});
  }

  public static void suppressed(Throwable e) {
    SUPPRESSED.add(e);
  }
}
