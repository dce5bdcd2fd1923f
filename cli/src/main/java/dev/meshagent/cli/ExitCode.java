package dev.meshagent.cli;

/**
 * What a verb ends with, so that scripts can tell; picocli itself ends with 2 for wrong options.
 */
final class ExitCode {
  static final int DONE = 0;

  /** The controller refused, or something is not as asked. */
  static final int REFUSED = 1;

  /** The controller cannot be reached, or does not speak as one. */
  static final int NO_CONTROLLER = 3;

  /** It is done, but not all agents that it concerns have taken it. */
  static final int NOT_CONVERGED = 4;

  private ExitCode() {}
}
