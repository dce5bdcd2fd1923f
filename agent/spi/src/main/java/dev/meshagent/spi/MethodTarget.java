package dev.meshagent.spi;

/**
 * One method of a target class and the class that holds its advice. The method must exist in the
 * library, or the whole module is not applied, unless the target is {@link #optional}. Immutable.
 */
public final class MethodTarget {
  /** The method's name; {@code <init>} for constructors. */
  public final String name;

  /** The method's descriptor, or a prefix of it such as {@code (Ljava/lang/String;}. */
  public final String descriptorPrefix;

  /** The name, with dots, of the class whose Byte Buddy advice methods are dispatched to. */
  public final String adviceClass;

  /** True if versions of the library without this method are served all the same. */
  public final boolean optional;

  private MethodTarget(String name, String descriptorPrefix, String adviceClass, boolean optional) {
    this.name = name;
    this.descriptorPrefix = descriptorPrefix;
    this.adviceClass = adviceClass;
    this.optional = optional;
  }

  public static MethodTarget required(String name, String descriptorPrefix, String adviceClass) {
    return new MethodTarget(name, descriptorPrefix, adviceClass, false);
  }

  public static MethodTarget optional(String name, String descriptorPrefix, String adviceClass) {
    return new MethodTarget(name, descriptorPrefix, adviceClass, true);
  }
}
