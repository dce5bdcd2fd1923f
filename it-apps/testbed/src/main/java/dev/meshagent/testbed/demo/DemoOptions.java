package dev.meshagent.testbed.demo;

import dev.meshagent.testbed.Artifacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the demo is asked for. Immutable.
 *
 * @param seconds that the first act takes
 * @param firstActAlone whether to leave out the second act
 * @param agentJar an agent of another build to run the shop under
 * @param controllerJar a controller of another build
 */
record DemoOptions(
    int seconds, boolean firstActAlone, Optional<Path> agentJar, Optional<Path> controllerJar) {
  private static final int DEFAULT_SECONDS = 60;
  private static final int SHORTEST_SECONDS = 20;

  static final String USAGE =
      """
      usage: mesh demo [--seconds N] [--first-act] [--agent-jar FILE] [--controller-jar FILE]
        --seconds N            how long the first act takes, at least %d (%d)
        --first-act            leaves out the second act
        --agent-jar FILE       runs the shop under this agent, of another build
        --controller-jar FILE  runs this controller, of another build"""
          .formatted(SHORTEST_SECONDS, DEFAULT_SECONDS);

  /**
   * @throws IllegalArgumentException if an option is none; the message is for a person
   */
  static DemoOptions parse(String... args) {
    int seconds = DEFAULT_SECONDS;
    boolean firstActAlone = false;
    Optional<Path> agent = Optional.empty();
    Optional<Path> controller = Optional.empty();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--first-act" -> firstActAlone = true;
        case "--seconds" -> seconds = seconds(value(args, ++i));
        case "--agent-jar" -> agent = Optional.of(jar(value(args, ++i)));
        case "--controller-jar" -> controller = Optional.of(jar(value(args, ++i)));
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return new DemoOptions(seconds, firstActAlone, agent, controller);
  }

  private static String value(String[] args, int at) {
    if (at == args.length) {
      throw new IllegalArgumentException("no value for " + args[at - 1]);
    }
    return args[at];
  }

  private static int seconds(String text) {
    int seconds = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (seconds < SHORTEST_SECONDS) {
      throw new IllegalArgumentException(
          "--seconds " + text + " is no number of at least " + SHORTEST_SECONDS);
    }
    return seconds;
  }

  private static Path jar(String text) {
    Path jar = Path.of(text).toAbsolutePath();
    if (!Files.isRegularFile(jar)) {
      throw new IllegalArgumentException("there is no file " + text);
    }
    return jar;
  }

  /** This build's jars, but for those that were named. */
  Artifacts of(Artifacts built) {
    return new Artifacts(built.home(), agentJar, controllerJar);
  }
}
