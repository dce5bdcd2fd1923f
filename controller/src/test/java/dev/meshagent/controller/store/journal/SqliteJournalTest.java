package dev.meshagent.controller.store.journal;

import static dev.meshagent.controller.Trees.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.controller.store.Batch;
import dev.meshagent.controller.store.Batch.Change;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.StoreFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class SqliteJournalTest {
  private static final ResourceKey ORDERS = new ResourceKey(Kind.SERVICE, "shop", "orders");
  private static final ResourceKey SHOP = new ResourceKey(Kind.NAMESPACE, "", "shop");

  @TempDir private Path directory;
  private final AtomicLong versions = new AtomicLong(10);

  private Path file() {
    return directory.resolve("mesh.db");
  }

  private JournaledStore open() throws StoreFailure {
    return new JournaledStore(
        SqliteJournal.open(file()),
        versions::incrementAndGet,
        () -> Instant.parse("2026-11-23T00:00:00Z"));
  }

  private static Commit commit(JournaledStore store, Change... changes) throws Exception {
    return store.commit(new Batch("ann", "test", List.of(changes)));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aCopyIsForItsOwnerAlone() throws Exception {
    Path copy = directory.resolve("copy.db");
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      journal.copyTo(copy);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    SqliteJournal.open(copy).close();
  }

  @Test
  void everythingIsThereAgainAfterReopening() throws Exception {
    Commit first;
    try (JournaledStore store = open()) {
      first =
          commit(
              store,
              Change.put(
                  ORDERS,
                  object("metadata: {labels: {a: 'ü', b: \"1\"}}", "spec: {x: 0.1, y: 5000000000}"),
                  0),
              Change.put(SHOP, object("metadata: {}"), 0));
      commit(store, Change.delete(SHOP, first.version()));
    }
    try (JournaledStore store = open()) {
      assertThat(store.version()).isEqualTo(first.version() + 1);
      assertThat(store.get(SHOP)).isEmpty();
      Resource orders = store.get(ORDERS).orElseThrow();
      assertThat(orders).isEqualTo(first.changes().get(0).after().orElseThrow());
      assertThat(store.latest())
          .extracting(Commit::version)
          .containsExactly(first.version() + 1, first.version());
      Commit.Changed deleted = store.latest().get(0).changes().get(0);
      assertThat(deleted.after()).isEmpty();
      assertThat(deleted.before().orElseThrow().version()).isEqualTo(first.version());
    }
  }

  @Test
  void onlyTheLatestCommitsAreRemembered() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      for (int version = 1; version <= Journal.REMEMBERED + 5; version++) {
        journal.append(
            new Commit(
                version,
                Instant.EPOCH,
                "ann",
                "test",
                List.of(
                    new Commit.Changed(
                        SHOP,
                        Optional.empty(),
                        Optional.of(new Resource(SHOP, object("metadata: {}"), version))))));
      }
      assertThat(journal.latest()).hasSize(Journal.REMEMBERED);
      assertThat(journal.latest().get(Journal.REMEMBERED - 1).version()).isEqualTo(6);
      assertThat(journal.latest()).allSatisfy(c -> assertThat(c.changes()).hasSize(1));
    }
  }

  @Test
  void aFileInUseIsRefusedWithARemedy() throws Exception {
    try (JournaledStore store = open()) {
      assertThat(store.version()).isZero();
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining(file().toString())
          .hasMessageContaining("another controller uses it");
    }
  }

  @Test
  void aFileThatIsNoneOrTooNewIsRefusedAndNotTouched() throws Exception {
    Files.writeString(
        file(), "no database at all, but longer than a header of SQLite has to be ".repeat(20));
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("no store of a controller");
    assertThat(Files.readString(file())).startsWith("no database");
    Files.delete(file());
    open().close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("PRAGMA user_version = 7");
    }
    assertThatThrownBy(this::open).hasMessageContaining("later version of the controller");
  }

  @Test
  void theBackupIsOneFile() throws Exception {
    try (JournaledStore store = open()) {
      commit(store, Change.put(SHOP, object("metadata: {}"), 0));
    }
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file());
    }
  }
}
