package dev.meshagent.contract.suite;

import dev.meshagent.contract.server.Certificates;
import dev.meshagent.contract.server.ServerPark;
import dev.meshagent.testbed.Artifacts;
import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.ControllerClient;
import dev.meshagent.testbed.LocalMesh;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a cell: its servers, their registration and the JVM that calls them. Thread-safe.
 *
 * @param sabotaged the agent whose advice throws
 * @param controller null where no cell has the agent
 * @param logs where each JVM's output is kept
 */
record Fork(
    Artifacts artifacts, Path sabotaged, URI controller, Certificates certificates, Path logs) {
  private static final Duration ALL_DONE_WITHIN = Duration.ofMinutes(15);
  private static final Duration ENDED_WITHIN = Duration.ofSeconds(30);

  /** The instances of the largest service. */
  private static final int FLEET = 50;

  private static final Pattern RESULT = Pattern.compile("^@ (PASS|FAIL|SKIP) (\\S+) ?(.*)$");

  List<Result> run(Cell cell) throws IOException, InterruptedException {
    List<Workload> workloads = new ArrayList<>();
    try (ServerPark park = ServerPark.open(certificates, cell.mode() == Mode.MESH ? FLEET : 0)) {
      if (cell.mode() == Mode.MESH) {
        park.registered()
            .forEach(
                (service, ports) ->
                    ports.forEach(
                        port ->
                            workloads.add(
                                Workload.register(controller, cell.namespace(), service, port))));
        for (String rule : Rules.OF_PARK) {
          Rules.write(controller, cell.namespace(), rule);
        }
      }
      return run(cell, park);
    } finally {
      workloads.forEach(Workload::close);
    }
  }

  private List<Result> run(Cell cell, ServerPark park) throws IOException {
    if (cell.mode() != Mode.SABOTAGED) {
      return run(cell, park, controller).results();
    }
    // A controller of its own: it shows what agents count in sum.
    try (LocalMesh alone = LocalMesh.create(artifacts)) {
      ControllerClient client = alone.startController();
      Run run = run(cell, park, client.uri());
      run.results().addAll(AgentErrors.judged(run.lines(), client));
      alone.discardLogs();
      return run.results();
    }
  }

  /** What became of the behaviours, and all that was printed. */
  private record Run(List<Result> results, List<String> lines) {}

  private Run run(Cell cell, ServerPark park, URI to) throws IOException {
    ChildProcess jvm = ChildProcess.start(cell.slug(), logs, command(cell, park, to));
    List<Result> results = new ArrayList<>();
    String end;
    try {
      jvm.awaitLine(Pattern.compile("^@ END"), ALL_DONE_WITHIN);
      jvm.awaitExit(ENDED_WITHIN);
      end = null;
    } catch (IllegalStateException e) {
      end = e.getMessage();
      jvm.kill();
    }
    for (String line : jvm.lines()) {
      Matcher result = RESULT.matcher(line);
      if (result.find()) {
        results.add(
            new Result(result.group(2), Result.Verdict.valueOf(result.group(1)), result.group(3)));
      }
    }
    results.add(
        end == null
            ? new Result(Cell.THE_END, Result.Verdict.PASS, "")
            : new Result(Cell.THE_END, Result.Verdict.FAIL, end));
    if (cell.mode() == Mode.MISFIT) {
      results.add(theLibraryIsLeftAlone(cell, jvm.lines()));
    }
    return new Run(results, jvm.lines());
  }

  private static Result theLibraryIsLeftAlone(Cell cell, List<String> lines) {
    String start =
        cell.row().library() + " is not applied: this version of the library does not fit";
    List<String> said = lines.stream().filter(line -> line.contains(start)).toList();
    return Result.judged(
        "theLibraryIsLeftAloneAndItIsSaid", said.size() == 1, "lines of it: " + said);
  }

  private List<String> command(Cell cell, ServerPark park, URI to) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(cell.javaHome().resolve("bin").resolve("java").toString());
    words.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    words.add("-Djavax.net.ssl.trustStore=" + certificates.trustStore());
    words.add("-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD);
    words.add("-Dcontract.namespace=" + cell.namespace());
    if (cell.mode().agent) {
      words.add("-javaagent:" + (cell.mode() == Mode.SABOTAGED ? sabotaged : artifacts.agent()));
      words.add("-Dmesh.controller=ws://" + to.getAuthority());
      words.add("-Dmesh.service=contract");
      words.add("-Dmesh.namespace=" + cell.namespace());
      words.add("-Dmesh.cache.dir=" + logs.resolve("cache-" + cell.slug()));
      // On a busy machine the agent is not there within the second that is the default.
      words.add("-Dmesh.startup.wait.ms=60000");
    }
    List<Path> library = cell.libraryPath();
    if (cell.mode() == Mode.MISFIT && !cell.row().misfit().published()) {
      Misfit misfit = cell.row().misfit();
      Path changed = Files.createTempDirectory(logs, "changed");
      if (misfit.module().isEmpty()) {
        library = Outgrown.of(misfit.method()).jars(library, changed);
      } else {
        Outgrown.of(misfit.method()).patch(cell.javaHome(), misfit.module(), changed);
        words.add("--patch-module=" + misfit.module() + "=" + changed);
      }
    }
    words.add("-cp");
    words.add(
        Stream.concat(
                Stream.of(
                    built("instrumentation/contract/fixtures/target/contract-fixtures.jar"),
                    built(
                        "instrumentation/contract/fixtures-java11/target/contract-fixtures-java11.jar"),
                    built(
                        "instrumentation/contract/fixtures-frameworks/target/contract-fixtures-frameworks.jar")),
                library.stream())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    words.add("dev.meshagent.contract.behaviour.ContractMain");
    words.add(cell.row().fixtureClass());
    words.add(cell.mode() == Mode.MESH ? "mesh" : "direct");
    words.addAll(park.arguments());
    String only = cell.again() == null ? System.getProperty("contract.behaviour") : null;
    if (only != null || !cell.asked().isEmpty()) {
      words.add("only=" + (only != null ? only : String.join(",", cell.asked())));
    }
    return words;
  }

  private Path built(String jar) {
    return artifacts.home().resolve(jar);
  }
}
