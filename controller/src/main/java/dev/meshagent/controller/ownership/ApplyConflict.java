package dev.meshagent.controller.ownership;

import java.util.List;

/** An apply would change fields that others own; nothing was changed. */
public final class ApplyConflict extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Field> fields;

  ApplyConflict(List<Field> fields) {
    super(
        "Apply failed with "
            + fields.size()
            + (fields.size() == 1 ? " conflict: " : " conflicts: ")
            + String.join(", ", fields.stream().map(Field::text).toList()));
    this.fields = List.copyOf(fields);
  }

  public List<Field> fields() {
    return fields;
  }

  /**
   * A field that another manager owns.
   *
   * @param path such as {@code .spec.ports[port=80].targetPort}
   */
  public record Field(String manager, String operation, String path) {
    /** As kubectl expects it. */
    public String text() {
      return "conflict with \"" + manager + "\" using " + operation + ": " + path;
    }
  }
}
