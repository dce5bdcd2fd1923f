package dev.meshagent.testbed;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The packaged command line, as {@code ./mesh} runs it, against one controller. Thread-safe.
 *
 * @param environment what it gets beside this process's own
 */
public record MeshCli(Artifacts artifacts, URI controller, Map<String, String> environment) {

  public MeshCli(Artifacts artifacts, URI controller) {
    this(artifacts, controller, Map.of());
  }

  /** Runs a verb to its end. */
  public Finished run(String... words) {
    return runWithInput("", words);
  }

  /** The same, with a standard input. */
  public Finished runWithInput(String input, String... words) {
    List<String> command =
        JavaCommand.ofThisJdk()
            .option("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
            .jar(artifacts.cli(), words)
            .words();
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("MESH_CONTROLLER", controller.toString());
    return Finished.run(command, all, input);
  }
}
