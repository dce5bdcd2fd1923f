package dev.meshagent.bench.control;

import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.LocalMesh;
import java.util.List;

/**
 * {@code ./mesh bench control}: what a controller does with many agents. Without an option {@link
 * ScaleBenchmark}, with {@code --churn} {@link ChurnBenchmark}, with {@code --effect} {@link
 * EffectBenchmark}.
 *
 * <p>Exits with 0 if every limit is kept, 1 if one is not, 2 if it does not understand.
 */
public final class ControlBenchmark {
  private ControlBenchmark() {}

  /** One of the things that are measured. */
  private interface Part {
    void run(LocalMesh mesh, Figures figures) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Part part;
    switch (String.join(" ", args)) {
      case "" -> part = (mesh, figures) -> new ScaleBenchmark(mesh, figures).run();
      case "--churn" -> part = (mesh, figures) -> new ChurnBenchmark(mesh, figures).run();
      case "--effect" -> part = (mesh, figures) -> new EffectBenchmark(mesh, figures).run();
      default -> {
        System.err.println("mesh bench control: unknown options " + List.of(args));
        System.exit(2);
        return;
      }
    }
    Figures figures = new Figures();
    figures.say(
        "Java %s, %d cores",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
    try (LocalMesh mesh = LocalMesh.create(Artifacts.ofSystemProperty())) {
      part.run(mesh, figures);
      if (figures.kept()) {
        mesh.discardLogs();
      }
    }
    System.exit(figures.kept() ? 0 : 1);
  }
}
