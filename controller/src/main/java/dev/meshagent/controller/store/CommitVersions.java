package dev.meshagent.controller.store;

/** Where the versions of commits come from. */
@FunctionalInterface
public interface CommitVersions {
  /** Draws the version of a commit that begins; larger than all before. */
  long begin();

  /** The commit that began last has been told of, or came to nothing. */
  default void end() {}
}
