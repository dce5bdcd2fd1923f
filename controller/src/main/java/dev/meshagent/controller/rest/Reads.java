package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.QueryParams;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.catalog.Gone;
import dev.meshagent.controller.catalog.Listing;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.write.Rejection;
import java.util.List;
import java.util.function.LongSupplier;

/** Answers get and list. Thread-safe. */
final class Reads {
  private final Catalog catalog;
  private final LongSupplier clockMillis;

  /**
   * @param clockMillis milliseconds since 1970
   */
  Reads(Catalog catalog, LongSupplier clockMillis) {
    this.catalog = catalog;
    this.clockMillis = clockMillis;
  }

  JsonNode get(Presentation as) throws Rejection {
    ResourceKey key = as.target().key();
    Resource resource =
        catalog.get(key).orElseThrow(() -> Rejection.notFound(key.kind(), key.name()));
    return as.one(resource, clockMillis.getAsLong());
  }

  /**
   * @throws Gone if it goes on with a list that lies too far back
   */
  JsonNode list(Presentation as, QueryParams query) throws Rejection, Gone {
    Selection selection = Selection.of(as.target(), query);
    int limit = number(query, "limit");
    String token = query.get("continue", "");
    Continuation from = token.isEmpty() ? null : Continuation.parse(token);
    Listing listing = listing(as, query, from);
    List<Resource> all = listing.items().stream().filter(selection::covers).toList();
    List<Resource> left =
        from == null
            ? all
            : all.stream().filter(resource -> from.isBefore(resource.key())).toList();
    boolean cut = limit > 0 && left.size() > limit;
    List<Resource> page = cut ? left.subList(0, limit) : left;
    String next = cut ? new Continuation(listing.version(), page.get(limit - 1).key()).text() : "";
    return as.list(
        page, listing.version(), left.size() - page.size(), next, clockMillis.getAsLong());
  }

  private Listing listing(Presentation as, QueryParams query, Continuation from)
      throws Rejection, Gone {
    if (from != null) {
      return catalog.list(as.target().kind(), from.version());
    }
    if (query.get("resourceVersionMatch", "").equals("Exact")) {
      return catalog.list(as.target().kind(), version(query));
    }
    return catalog.list(as.target().kind());
  }

  /** The version that is asked for; 0 if none is. */
  static long version(QueryParams query) throws Rejection {
    String text = query.get("resourceVersion", "");
    try {
      long version = text.isEmpty() ? 0 : Long.parseLong(text);
      if (version >= 0) {
        return version;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Rejection.badRequest(
        "resourceVersion: '" + text + "' is none; write one that a list had");
  }

  static int number(QueryParams query, String name) throws Rejection {
    String text = query.get(name, "");
    try {
      int number = text.isEmpty() ? 0 : Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Rejection.badRequest(name + ": '" + text + "' is no number; write one from 0 on");
  }
}
