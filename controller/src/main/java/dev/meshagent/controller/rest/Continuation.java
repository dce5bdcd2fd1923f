package dev.meshagent.controller.rest;

import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.write.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a list goes on that was cut: the token in {@code metadata.continue}. Immutable.
 *
 * @param version the list is of
 * @param namespace of the last item that was told
 * @param name of the last item that was told
 */
record Continuation(long version, String namespace, String name) {
  Continuation(long version, ResourceKey last) {
    this(version, last.namespace(), last.name());
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((version + "/" + namespace + "/" + name).getBytes(StandardCharsets.UTF_8));
  }

  static Continuation parse(String text) throws Rejection {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("/", -1);
      if (parts.length == 3) {
        return new Continuation(Long.parseLong(parts[0]), parts[1], parts[2]);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw Rejection.badRequest("continue: no token of this server; list again without it");
  }

  boolean isBefore(ResourceKey key) {
    int order = namespace.compareTo(key.namespace());
    return order < 0 || (order == 0 && name.compareTo(key.name()) < 0);
  }
}
