package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.ResourceKey;

/** What somebody wants of one resource. Documents are not changed. */
public sealed interface Wish {
  ResourceKey key();

  /** It is not there and is to be. */
  record Create(ResourceKey key, ObjectNode document) implements Wish {}

  /** It is there and is to be this instead. */
  record Replace(ResourceKey key, ObjectNode document) implements Wish {}

  /** It is to be this, whether it is there or not, as by {@code kubectl replace --force}. */
  record Put(ResourceKey key, ObjectNode document) implements Wish {}

  /** It is there and is to be changed by a patch. */
  record Patch(ResourceKey key, Form form, JsonNode patch) implements Wish {
    /** How the patch is written. */
    public enum Form {
      JSON,
      MERGE,
      STRATEGIC
    }
  }

  /**
   * It is to have these fields, whether it is there or not, by server-side apply.
   *
   * @param force takes fields from other managers
   */
  record Apply(ResourceKey key, ObjectNode configuration, boolean force) implements Wish {}

  /**
   * It is to go.
   *
   * @param uid of the one that is meant; empty for any
   * @param resourceVersion at which it is meant; empty for any
   */
  record Delete(ResourceKey key, String uid, String resourceVersion) implements Wish {}
}
