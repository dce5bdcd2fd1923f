package dev.meshagent.controller.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.store.Batch;
import dev.meshagent.controller.store.Batch.Change;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Conflict;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.ResourceStore;
import dev.meshagent.controller.store.StoreFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class JournaledStoreTest {
  private static final ResourceKey ORDERS = key("shop", "orders");
  private static final ResourceKey USERS = key("shop", "users");

  private final RecordingJournal journal = new RecordingJournal();
  private final AtomicLong versions = new AtomicLong(100);
  private final JournaledStore store = open();

  private JournaledStore open() {
    try {
      return new JournaledStore(
          journal, versions::incrementAndGet, () -> Instant.parse("2026-11-01T00:00:00Z"));
    } catch (StoreFailure e) {
      throw new AssertionError(e);
    }
  }

  private static ResourceKey key(String namespace, String name) {
    return new ResourceKey(Kind.VIRTUAL_SERVICE, namespace, name);
  }

  private static ObjectNode document(String text) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject("metadata");
    document.putObject("spec").put("text", text);
    return document;
  }

  private Commit commit(Change... changes) throws Conflict, StoreFailure {
    return store.commit(new Batch("ann", "test", List.of(changes)));
  }

  @Test
  void aBatchHasOneVersionAndIsSeenWhole() throws Exception {
    Commit commit =
        commit(
            Change.put(ORDERS, document("a"), Batch.ABSENT),
            Change.put(USERS, document("b"), Batch.ABSENT));
    assertThat(store.version()).isEqualTo(commit.version());
    assertThat(store.list(Kind.VIRTUAL_SERVICE, Optional.of("shop")))
        .extracting(Resource::version)
        .containsExactly(commit.version(), commit.version());
    assertThat(store.get(ORDERS).orElseThrow().document().at("/metadata/resourceVersion").asText())
        .isEqualTo(Long.toString(commit.version()));
  }

  @Test
  void aConflictOfOneChangesNothing() throws Exception {
    long version = commit(Change.put(ORDERS, document("a"), Batch.ABSENT)).version();
    for (long expected : new long[] {Batch.ABSENT, version + 1, 7}) {
      assertThatThrownBy(
              () ->
                  commit(
                      Change.put(USERS, document("b"), Batch.ABSENT),
                      Change.put(ORDERS, document("c"), expected)))
          .isInstanceOfSatisfying(
              Conflict.class,
              conflict -> {
                assertThat(conflict.key()).isEqualTo(ORDERS);
                assertThat(conflict.actual()).isEqualTo(version);
              });
    }
    assertThat(store.get(USERS)).isEmpty();
    assertThat(store.version()).isEqualTo(version);
    assertThat(journal.commits).hasSize(1);
  }

  @Test
  void whatCannotBeMadeDurableDidNotHappen() throws Exception {
    long version = commit(Change.put(ORDERS, document("a"), Batch.ABSENT)).version();
    List<Commit> told = new ArrayList<>();
    store.watch(all -> {}, told::add);
    journal.full = true;
    assertThatThrownBy(() -> commit(Change.put(ORDERS, document("b"), version)))
        .isInstanceOf(StoreFailure.class);
    assertThat(store.get(ORDERS).orElseThrow().spec().path("text").asText()).isEqualTo("a");
    assertThat(told).isEmpty();
    journal.full = false;
    commit(Change.put(ORDERS, document("b"), version));
    assertThat(told).hasSize(1);
  }

  @Test
  void aWatchStartsFromWhatThereIsAndTellsCommitsInOrder() throws Exception {
    long first = commit(Change.put(ORDERS, document("a"), Batch.ABSENT)).version();
    List<Resource> start = new ArrayList<>();
    List<Commit> told = new ArrayList<>();
    ResourceStore.Watch watch = store.watch(start::addAll, told::add);
    assertThat(start).extracting(Resource::key).containsExactly(ORDERS);
    Commit changed = commit(Change.put(ORDERS, document("b"), first));
    Commit deleted = commit(Change.delete(ORDERS, changed.version()));
    assertThat(told).containsExactly(changed, deleted);
    assertThat(deleted.changes().get(0).before().orElseThrow().version())
        .isEqualTo(changed.version());
    assertThat(deleted.changes().get(0).after()).isEmpty();
    watch.close();
    commit(Change.put(ORDERS, document("c"), Batch.ABSENT));
    assertThat(told).hasSize(2);
  }

  @Test
  void whoHandedADocumentInCannotChangeItAfterwards() throws Exception {
    ObjectNode document = document("a");
    commit(Change.put(ORDERS, document, Batch.ABSENT));
    document.withObject("/spec").put("text", "b");
    assertThat(store.get(ORDERS).orElseThrow().spec().path("text").asText()).isEqualTo("a");
  }

  @Test
  void oneNamespaceIsListedWithoutThoseThatBeginLikeIt() throws Exception {
    commit(
        Change.put(key("shop", "a"), document("a"), Batch.ABSENT),
        Change.put(key("shop-2", "b"), document("b"), Batch.ABSENT),
        Change.put(key("shop2", "c"), document("c"), Batch.ABSENT),
        Change.put(key("sho", "d"), document("d"), Batch.ABSENT));
    assertThat(store.list(Kind.VIRTUAL_SERVICE, Optional.of("shop"))).hasSize(1);
    assertThat(store.list(Kind.VIRTUAL_SERVICE, Optional.empty())).hasSize(4);
  }

  @Test
  void aSetThatIsOnlyConsideredLeavesItsBaseAlone() throws Exception {
    long version = commit(Change.put(ORDERS, document("a"), Batch.ABSENT)).version();
    PolicySet before = store.current();
    PolicySet after =
        before.with(
            new Batch(
                "ann",
                "dry run",
                List.of(
                    Change.delete(ORDERS, version),
                    Change.put(USERS, document("b"), Batch.ABSENT))));
    assertThat(after.get(ORDERS)).isEmpty();
    assertThat(after.get(USERS)).isPresent();
    assertThat(before.get(ORDERS)).isPresent();
    assertThat(store.get(USERS)).isEmpty();
  }

  /** Remembers what it was given, until it is full. */
  private static final class RecordingJournal implements Journal {
    final List<Commit> commits = new ArrayList<>();
    boolean full;

    @Override
    public List<Resource> load() {
      return List.of();
    }

    @Override
    public long version() {
      return 0;
    }

    @Override
    public void append(Commit commit) throws StoreFailure {
      if (full) {
        throw new StoreFailure("full", null);
      }
      commits.add(commit);
    }

    @Override
    public List<Commit> latest() {
      return List.copyOf(commits);
    }

    @Override
    public void copyTo(Path file) throws StoreFailure {
      throw new StoreFailure("there is nothing to copy", null);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
