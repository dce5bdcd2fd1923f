package dev.meshagent.controller.policy;

import java.util.List;

/**
 * What is to be said of a change. Immutable.
 *
 * @param errors why it is refused; empty if it is not
 * @param warnings what holds now and most likely is not meant, such as a reference to nothing
 */
public record Findings(List<Finding> errors, List<Finding> warnings) {
  public static final Findings NONE = new Findings(List.of(), List.of());

  public Findings {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }
}
