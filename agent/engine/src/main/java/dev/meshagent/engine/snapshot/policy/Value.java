package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Equality by content for the immutable values that policies are made of. */
public abstract class Value {
  /** All that counts, in a fixed order. */
  protected abstract Object[] fields();

  /** An unmodifiable copy. */
  protected static <T> List<T> copy(Collection<? extends T> values) {
    return Collections.unmodifiableList(new ArrayList<T>(values));
  }

  @Override
  public final boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && Arrays.deepEquals(fields(), ((Value) other).fields());
  }

  @Override
  public final int hashCode() {
    return Arrays.deepHashCode(fields());
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + Arrays.deepToString(fields());
  }
}
