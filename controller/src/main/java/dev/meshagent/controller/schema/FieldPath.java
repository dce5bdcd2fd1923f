package dev.meshagent.controller.schema;

import java.util.regex.Pattern;

/** Writes the path of a field as Kubernetes does. Stateless. */
public final class FieldPath {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$-]*");

  private FieldPath() {}

  /** {@code spec.http}, or {@code metadata.labels[a/b]} for what would not read well so. */
  public static String field(String path, String name) {
    if (!PLAIN.matcher(name).matches()) {
      return path + "[" + name + "]";
    }
    return path.isEmpty() ? name : path + "." + name;
  }

  public static String item(String path, int index) {
    return path + "[" + index + "]";
  }
}
