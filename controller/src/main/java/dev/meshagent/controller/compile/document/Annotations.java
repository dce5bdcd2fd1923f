package dev.meshagent.controller.compile.document;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Annotations under the mesh's own prefix: each is obeyed or refused, like a field. Stateless. */
public final class Annotations {
  public static final String PREFIX = "mesh-agent.dev/";

  private Annotations() {}

  /** Refuses those of the mesh's annotations that are not among these. */
  public static void onlyThese(Node annotations, String... obeyed) {
    List<String> known = List.of(obeyed);
    for (String name : annotations.fields()) {
      if (name.startsWith(PREFIX) && !known.contains(name)) {
        annotations.error(
            name,
            known.isEmpty()
                ? "is not obeyed on this kind; take it out"
                : "is not obeyed on this kind; there are " + String.join(", ", known));
      }
    }
  }

  /** A whole number, which stands in a text as all values of annotations do. */
  public static OptionalInt whole(Node annotations, String name, int least, int most) {
    Optional<String> text = annotations.text(name);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    if (text.get().matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return OptionalInt.of(value);
      }
    }
    annotations.error(name, "write a whole number from " + least + " to " + most + ", in quotes");
    return OptionalInt.empty();
  }
}
