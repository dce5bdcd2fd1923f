package dev.meshagent.spi;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One class of a library, by its exact name, and the methods in it that get advice. Immutable. */
public final class TypeTarget {
  /** The class's name with dots. */
  public final String className;

  public final List<MethodTarget> methods;

  public TypeTarget(String className, MethodTarget... methods) {
    this.className = className;
    this.methods = Collections.unmodifiableList(Arrays.asList(methods));
  }
}
