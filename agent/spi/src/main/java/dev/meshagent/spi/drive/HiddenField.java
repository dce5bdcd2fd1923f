package dev.meshagent.spi.drive;

import java.lang.reflect.Field;

/** A field that a library keeps to itself, and that another version of it may not have. */
public final class HiddenField {
  private HiddenField() {}

  /**
   * @param owner the class that declares it
   * @throws NoSuchFieldException where it does not
   * @throws RuntimeException where its module is closed
   */
  public static Field of(Class<?> owner, String name) throws NoSuchFieldException {
    Field field = owner.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /**
   * Null where a version has no such class or field.
   *
   * @param neighbour a class of the library
   * @param owner name of the class that declares the field
   */
  public static Field orNull(Class<?> neighbour, String owner, String name) {
    try {
      return of(Class.forName(owner, false, neighbour.getClassLoader()), name);
    } catch (ReflectiveOperationException | RuntimeException other) {
      return null;
    }
  }

  /** What an object has in a field of its class; null also where that has no such field. */
  public static Object valueOrNull(Object object, String name) {
    try {
      return of(object.getClass(), name).get(object);
    } catch (ReflectiveOperationException | RuntimeException other) {
      return null;
    }
  }
}
