package dev.meshagent.controller.write;

import dev.meshagent.controller.schema.FieldError;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import java.util.List;
import java.util.Optional;

/** A request is turned down; nothing was changed. Says it in the words of the Kubernetes API. */
public final class Rejection extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;
  private final String reason;
  private final transient Optional<Kind> kind;
  private final String name;
  private final transient List<Cause> causes;

  /**
   * One of the things that were wrong.
   *
   * @param reason the word of Kubernetes for it
   * @param field its path
   */
  public record Cause(String reason, String message, String field) {
    static Cause of(FieldError error) {
      String text = error.text();
      return new Cause(error.reason(), text.substring(error.path().length() + 2), error.path());
    }

    /** The same, with the name of the resource before the path. */
    Cause of(ResourceKey key) {
      return new Cause(reason, message, key + ": " + field);
    }
  }

  private Rejection(
      int code,
      String reason,
      String message,
      Optional<Kind> kind,
      String name,
      List<Cause> causes) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.kind = kind;
    this.name = name;
    this.causes = List.copyOf(causes);
  }

  private static Rejection of(int code, String reason, Kind kind, String name, String message) {
    return new Rejection(code, reason, message, Optional.of(kind), name, List.of());
  }

  private static String quoted(Kind kind, String name) {
    return kind.qualifiedPlural() + " \"" + name + "\" ";
  }

  public static Rejection notFound(Kind kind, String name) {
    return of(404, "NotFound", kind, name, quoted(kind, name) + "not found");
  }

  public static Rejection alreadyExists(Kind kind, String name) {
    return of(409, "AlreadyExists", kind, name, quoted(kind, name) + "already exists");
  }

  public static Rejection conflict(Kind kind, String name, String why) {
    String message = "Operation cannot be fulfilled on " + quoted(kind, name).strip() + ": " + why;
    return of(409, "Conflict", kind, name, message);
  }

  /** Fields that others applied stand in the way. */
  public static Rejection conflict(Kind kind, String name, String why, List<Cause> causes) {
    return new Rejection(409, "Conflict", why, Optional.of(kind), name, causes);
  }

  public static Rejection forbidden(Kind kind, String name, String why) {
    return of(403, "Forbidden", kind, name, quoted(kind, name) + "is forbidden: " + why);
  }

  /**
   * @param what method and path
   */
  public static Rejection methodNotAllowed(String what, String why) {
    return new Rejection(
        405,
        "MethodNotAllowed",
        "the server does not allow " + what + ": " + why,
        Optional.empty(),
        "",
        List.of());
  }

  public static Rejection badRequest(String message) {
    return new Rejection(400, "BadRequest", message, Optional.empty(), "", List.of());
  }

  public static Rejection unsupportedMediaType(String message) {
    return new Rejection(415, "UnsupportedMediaType", message, Optional.empty(), "", List.of());
  }

  public static Rejection tooLarge(String message) {
    return new Rejection(413, "RequestEntityTooLarge", message, Optional.empty(), "", List.of());
  }

  /** The disk did not take it. */
  public static Rejection notStored(String message) {
    return new Rejection(507, "InsufficientStorage", message, Optional.empty(), "", List.of());
  }

  /** The document of one resource is wrong. */
  public static Rejection invalid(Kind kind, String name, List<Cause> causes) {
    String group = kind.group.isEmpty() ? "" : "." + kind.group;
    return new Rejection(
        422,
        "Invalid",
        kind.kind + group + " \"" + name + "\" is invalid: " + list(causes),
        Optional.of(kind),
        name,
        causes);
  }

  /** Some of several documents are wrong. */
  public static Rejection invalid(List<Cause> causes) {
    return new Rejection(
        422, "Invalid", "nothing was applied: " + list(causes), Optional.empty(), "", causes);
  }

  private static String list(List<Cause> causes) {
    List<String> texts = causes.stream().map(c -> c.field() + ": " + c.message()).toList();
    return texts.size() == 1 ? texts.get(0) : "[" + String.join(", ", texts) + "]";
  }

  /** HTTP status. */
  public int code() {
    return code;
  }

  /** One CamelCase word that programs look at. */
  public String reason() {
    return reason;
  }

  /** What it is about; empty if about no one resource. */
  public Optional<Kind> kind() {
    return kind;
  }

  /** Of the resource; empty if about no one resource. */
  public String name() {
    return name;
  }

  public List<Cause> causes() {
    return causes;
  }
}
