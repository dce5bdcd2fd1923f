package dev.meshagent.controller.schema;

import java.util.List;

/**
 * What was found about the form of a document. Immutable.
 *
 * @param errors what is wrong or refused
 * @param unknown fields that the kind does not have
 */
public record FormReport(List<FieldError> errors, List<FieldError> unknown) {
  public FormReport {
    errors = List.copyOf(errors);
    unknown = List.copyOf(unknown);
  }
}
