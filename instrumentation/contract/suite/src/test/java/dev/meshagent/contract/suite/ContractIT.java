package dev.meshagent.contract.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.meshagent.contract.behaviour.Behaviours;
import dev.meshagent.contract.server.Certificates;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.Jdks;
import dev.meshagent.testbed.LocalMesh;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Library × version × JDK × behaviour, with the agent and without. System properties narrow it:
 * {@code contract.scope=full}, {@code contract.library}, {@code contract.version}, {@code
 * contract.jdk}, {@code contract.mode=mesh|direct|sabotaged|misfit} and {@code contract.behaviour}.
 */
final class ContractIT {
  private static final int AT_ONCE = 2;
  private static final int RUNS = 3;

  private static final Artifacts ARTIFACTS = Artifacts.ofSystemProperty();

  /** The Java that the agent itself is built for; the sample is run on it too. */
  private static final int OLDEST = 8;

  private static final boolean FULL = System.getProperty("contract.scope", "").equals("full");
  private static final Path OUTPUT = Path.of(System.getProperty("contract.output"));
  private static final ExecutorService FORKS = Executors.newFixedThreadPool(AT_ONCE);

  private static LocalMesh mesh;
  private static Fork fork;
  private static List<Cell> cells;
  private static KnownGaps gaps;
  private static CompatibilityTable table;

  @BeforeAll
  static void start() throws Exception {
    gaps = KnownGaps.read();
    table = new CompatibilityTable(gaps);
    cells = cells();
    Path logs = Files.createDirectories(OUTPUT.resolve("contract-logs"));
    URI controller = null;
    if (cells.stream().anyMatch(cell -> cell.mode().agent)) {
      mesh = LocalMesh.create(ARTIFACTS);
      ControllerClient client = mesh.startController();
      controller = client.uri();
    }
    List<String> names = new ArrayList<>(List.of("localhost", "vault"));
    cells.forEach(cell -> names.add("vault." + cell.namespace()));
    // A folder of its own for each run: keytool does not overwrite.
    Path made = Files.createTempDirectory(logs, "made");
    fork =
        new Fork(
            ARTIFACTS,
            Sabotage.of(ARTIFACTS.agent(), made.resolve("mesh-agent.jar")),
            controller,
            Certificates.create(made, names),
            logs);
  }

  private static List<Cell> cells() throws Exception {
    Jdks jdks = Jdks.found();
    VersionMatrix matrix = VersionMatrix.read();
    List<Cell> cells = new ArrayList<>();
    try (MavenArtifacts maven = MavenArtifacts.open()) {
      for (VersionMatrix.Row row : matrix.rows()) {
        if (!(FULL || row.sample())
            || excluded("contract.library", row.library())
            || excluded("contract.version", row.version())) {
          continue;
        }
        List<Path> path = maven.classPath(row.artifacts());
        for (int jdk : row.jdks()) {
          if (excluded("contract.jdk", String.valueOf(jdk)) || !FULL && !sampled(row, jdk)) {
            continue;
          }
          Optional<Path> home = jdks.home(jdk, row.library() + " " + row.version());
          if (home.isEmpty()) {
            continue;
          }
          for (Mode mode : row.modes()) {
            Cell cell = new Cell(row, jdk, home.get(), mode, "cell" + cells.size(), path, null);
            if (asked(mode, row, jdk, matrix) && !excluded("contract.mode", cell.modeName())) {
              cells.add(cell);
            }
          }
        }
      }
    }
    return cells;
  }

  /** A library on the oldest Java and on this one; the JDK's own is another one on each. */
  private static boolean sampled(VersionMatrix.Row row, int jdk) {
    return jdk == Runtime.version().feature() || jdk == OLDEST || row.artifacts().isEmpty();
  }

  /**
   * Advice that throws does so alike on all JDKs, and in the sample for one version of a library;
   * there a version with the agent need not be tried without.
   */
  private static boolean asked(Mode mode, VersionMatrix.Row row, int jdk, VersionMatrix matrix) {
    return switch (mode) {
      case MESH, MISFIT -> true;
      case DIRECT -> FULL || row.modes().size() == 1;
      case SABOTAGED ->
          jdk == Runtime.version().feature() && (FULL || matrix.newest(row.library()) == row);
    };
  }

  private static boolean excluded(String property, String value) {
    String wanted = System.getProperty(property);
    return wanted != null && !wanted.equals(value);
  }

  @TestFactory
  Stream<DynamicNode> contract() {
    List<Future<List<Result>>> running = new ArrayList<>();
    for (Cell cell : cells) {
      running.add(FORKS.submit(() -> settled(cell, fork.run(cell))));
    }
    return Stream.iterate(0, i -> i < cells.size(), i -> i + 1)
        .map(i -> dynamicContainer(cells.get(i).title(), tests(cells.get(i), running.get(i))));
  }

  /**
   * Repeats what the library itself is known to fail at now and then: with an adapter that works it
   * holds in one of three runs.
   */
  private static List<Result> settled(Cell cell, List<Result> results) throws Exception {
    List<Result> settled = new ArrayList<>();
    for (Result result : results) {
      Result last = result;
      if (gaps.of(cell, result.behaviour())
          .filter(gap -> gap.kind() == KnownGaps.Kind.SOMETIMES)
          .isPresent()) {
        for (int time = 2; time <= RUNS && last.verdict() == Result.Verdict.FAIL; time++) {
          last =
              fork.run(cell.repeated(time, result.behaviour())).stream()
                  .filter(again -> again.behaviour().equals(result.behaviour()))
                  .findFirst()
                  .orElse(last);
        }
      }
      settled.add(last);
    }
    return settled;
  }

  /** Lazy, so that the tests of a cell are reported while the next ones run. */
  private static Stream<DynamicNode> tests(Cell cell, Future<List<Result>> running) {
    return Stream.of(running)
        .flatMap(
            future -> {
              List<Result> results;
              try {
                results = future.get();
              } catch (Exception e) {
                results =
                    List.of(new Result("theProcessStarts", Result.Verdict.FAIL, e.toString()));
              }
              table.add(cell, results);
              return results.stream();
            })
        .map(result -> dynamicTest(result.behaviour(), () -> judge(cell, result)));
  }

  private static void judge(Cell cell, Result result) {
    Optional<KnownGaps.Gap> gap = gaps.of(cell, result.behaviour());
    switch (result.verdict()) {
      case PASS -> {
        if (gap.isPresent() && gap.get().kind() != KnownGaps.Kind.SOMETIMES) {
          Assertions.fail(
              cell.title()
                  + ": "
                  + result.behaviour()
                  + " holds now: take its line out of known-gaps.txt");
        }
      }
      case SKIP -> Assumptions.abort(result.detail());
      case FAIL -> {
        gap.filter(known -> known.kind() != KnownGaps.Kind.SOMETIMES)
            .ifPresent(known -> Assumptions.abort("known: " + known.reason()));
        Assertions.fail(
            cell.title()
                + ": "
                + result.behaviour()
                + ": "
                + result.detail()
                + "; all of its output: contract-logs/"
                + cell.slug()
                + ".log");
      }
    }
  }

  @Test
  void everyKnownGapNamesARowAndABehaviour() throws Exception {
    List<String> behaviours =
        Stream.concat(
                Stream.of(Cell.THE_END), Behaviours.all().stream().map(behaviour -> behaviour.name))
            .toList();
    List<String> libraries =
        VersionMatrix.read().rows().stream().map(VersionMatrix.Row::library).toList();
    assertThat(gaps.gaps()).extracting(KnownGaps.Gap::behaviour).isSubsetOf(behaviours);
    assertThat(gaps.gaps()).extracting(KnownGaps.Gap::library).isSubsetOf(libraries);
  }

  @Test
  void whatALibraryItselfDoesOtherwiseIsShownWithoutTheAgent() {
    assertThat(gaps.gaps())
        .filteredOn(gap -> gap.kind() == KnownGaps.Kind.LIBRARY)
        .extracting(KnownGaps.Gap::mode)
        .doesNotContain("mesh", "misfit");
  }

  @AfterAll
  static void stop() throws Exception {
    FORKS.shutdownNow();
    if (mesh != null) {
      mesh.close();
    }
    Files.writeString(OUTPUT.resolve("compatibility.md"), table.markdown());
    boolean narrowed =
        Stream.of("library", "version", "jdk", "mode", "behaviour")
            .anyMatch(what -> System.getProperty("contract." + what) != null);
    if (FULL && !narrowed) {
      Files.writeString(ARTIFACTS.home().resolve("docs/compatibility.md"), table.markdown());
    }
  }
}
