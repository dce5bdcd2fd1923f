package dev.meshagent.bench.control;

import java.time.Duration;

/** The processor time that a process has been given. */
final class Cpu {
  private Cpu() {}

  /**
   * @throws IllegalStateException if there is no such process
   */
  static Duration of(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IllegalStateException("the controller is gone"));
  }
}
