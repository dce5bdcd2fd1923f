package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.store.journal.JournaledStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of policy that are remembered, and the way back to each. Thread-safe. */
public final class History {
  private final JournaledStore store;

  public History(JournaledStore store) {
    this.store = store;
  }

  /** The last first. */
  public List<Commit> versions() throws Rejection {
    try {
      return store.latest();
    } catch (StoreFailure e) {
      throw Rejection.notStored(e.getMessage());
    }
  }

  /**
   * What to wish for so that all is as it was after a version.
   *
   * @throws Rejection if the version is not remembered
   */
  public List<Wish> backTo(long version) throws Rejection {
    List<Commit> commits = versions();
    if (commits.stream().noneMatch(commit -> commit.version() == version)) {
      throw Rejection.badRequest(
          "version " + version + " is not among the " + commits.size() + " that are remembered");
    }
    // Of several changes of a resource the earliest says what it was before them.
    Map<ResourceKey, Optional<Resource>> were = new LinkedHashMap<>();
    for (Commit commit : commits) {
      if (commit.version() > version) {
        commit.changes().forEach(changed -> were.put(changed.key(), changed.before()));
      }
    }
    List<Wish> wishes = new ArrayList<>();
    were.forEach(
        (key, was) -> {
          if (was.isPresent()) {
            wishes.add(new Wish.Put(key, restored(was.get().document())));
          } else if (store.get(key).isPresent()) {
            wishes.add(new Wish.Delete(key, "", ""));
          }
        });
    return wishes;
  }

  /** Without what would say that it is at another version, or another object. */
  private static ObjectNode restored(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    copy.withObject("/metadata").remove(List.of("resourceVersion", "uid"));
    return copy;
  }
}
