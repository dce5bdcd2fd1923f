package dev.meshagent.controller.store.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.files.OwnerOnly;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.wire.MalformedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Keeps resources and the latest commits in one SQLite file: WAL, synced to the disk at every
 * commit, and locked for as long as it is open. Thread-safe.
 */
public final class SqliteJournal implements Journal {
  /** Of the tables below; a file of a later one is not touched. */
  private static final int FORMAT = 1;

  private static final String TABLES =
      """
      CREATE TABLE IF NOT EXISTS resources (
        kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS commits (
        version INTEGER PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, action TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS changes (
        version INTEGER NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        before TEXT, after TEXT,
        PRIMARY KEY (version, kind, namespace, name)) WITHOUT ROWID;
      """;

  private final Path file;
  private Connection connection;

  private SqliteJournal(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the file, which is made if absent, for its owner alone; SQLite gives what it makes beside
   * it the same permissions.
   *
   * @throws StoreFailure if it is none of ours, is in use, or cannot be read and written
   */
  public static SqliteJournal open(Path file) throws StoreFailure {
    try {
      make(file);
      return new SqliteJournal(file, connect(file));
    } catch (SQLException e) {
      throw failure(file, "opened", e);
    }
  }

  private static void make(Path file) throws StoreFailure {
    try {
      OwnerOnly.file(file);
    } catch (IOException e) {
      throw new StoreFailure(
          file + " cannot be made: " + e + ". To do: see that its directory can be written", e);
    }
  }

  private static Connection connect(Path file) throws SQLException, StoreFailure {
    SQLiteConfig config = new SQLiteConfig();
    config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(0);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      int format = statement.executeQuery("PRAGMA user_version").getInt(1);
      if (format > FORMAT) {
        connection.close();
        throw new StoreFailure(
            file
                + " was written by a later version of the controller (format "
                + format
                + ", not "
                + FORMAT
                + "); run that one, or name another directory with --data",
            null);
      }
      connection.setAutoCommit(false);
      statement.executeUpdate(TABLES);
      statement.executeUpdate("PRAGMA user_version = " + FORMAT);
      connection.commit();
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  @Override
  public synchronized List<Resource> load() throws StoreFailure {
    List<Resource> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT kind, namespace, name, version, document FROM resources")) {
      while (rows.next()) {
        all.add(resource(key(rows), rows.getString("document"), rows.getLong("version")));
      }
      return all;
    } catch (SQLException e) {
      throw failure(file, "read", e);
    }
  }

  @Override
  public synchronized long version() throws StoreFailure {
    try {
      return lastVersion();
    } catch (SQLException e) {
      throw failure(file, "read", e);
    }
  }

  private long lastVersion() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(version) FROM commits")) {
      return row.getLong(1);
    }
  }

  @Override
  public synchronized void append(Commit commit) throws StoreFailure {
    try {
      for (Commit.Changed changed : commit.changes()) {
        write(commit, changed);
      }
      remember(commit);
      connection.commit();
    } catch (SQLException e) {
      if (!cameThrough(commit)) {
        throw failure(file, "written", e);
      }
    }
  }

  private void write(Commit commit, Commit.Changed changed) throws SQLException {
    ResourceKey key = changed.key();
    Optional<String> after = changed.after().map(SqliteJournal::text);
    if (after.isPresent()) {
      run(
          "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?)",
          key.kind().name(),
          key.namespace(),
          key.name(),
          commit.version(),
          after.get());
    } else {
      run(
          "DELETE FROM resources WHERE kind = ? AND namespace = ? AND name = ?",
          key.kind().name(),
          key.namespace(),
          key.name());
    }
    run(
        "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)",
        commit.version(),
        key.kind().name(),
        key.namespace(),
        key.name(),
        changed.before().map(SqliteJournal::text).orElse(null),
        after.orElse(null));
  }

  private void remember(Commit commit) throws SQLException {
    run(
        "INSERT INTO commits VALUES (?, ?, ?, ?)",
        commit.version(),
        commit.at().toString(),
        commit.author(),
        commit.action());
    String old = " (SELECT version FROM commits ORDER BY version DESC LIMIT -1 OFFSET ?)";
    run("DELETE FROM changes WHERE version IN" + old, REMEMBERED);
    run("DELETE FROM commits WHERE version IN" + old, REMEMBERED);
  }

  private void run(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  /**
   * After a failure: whether the commit is on the disk all the same, as when only the answer to it
   * was lost. Looks with a connection that knows nothing of what went before.
   */
  private boolean cameThrough(Commit commit) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // SQLite has rolled back by itself.
    }
    try {
      connection.close();
    } catch (SQLException e) {
      // What is lost with it was never acknowledged.
    }
    try {
      connection = connect(file);
      return lastVersion() == commit.version();
    } catch (SQLException | StoreFailure e) {
      return false;
    }
  }

  @Override
  public synchronized List<Commit> latest() throws StoreFailure {
    try {
      Map<Long, List<Commit.Changed>> changes = changes();
      List<Commit> commits = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT version, at, author, action FROM commits ORDER BY version DESC")) {
        while (rows.next()) {
          long version = rows.getLong("version");
          commits.add(
              new Commit(
                  version,
                  Instant.parse(rows.getString("at")),
                  rows.getString("author"),
                  rows.getString("action"),
                  changes.getOrDefault(version, List.of())));
        }
      }
      return commits;
    } catch (SQLException e) {
      throw failure(file, "read", e);
    }
  }

  private Map<Long, List<Commit.Changed>> changes() throws SQLException, StoreFailure {
    Map<Long, List<Commit.Changed>> changes = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM changes")) {
      while (rows.next()) {
        ResourceKey key = key(rows);
        long version = rows.getLong("version");
        changes
            .computeIfAbsent(version, v -> new ArrayList<>())
            .add(
                new Commit.Changed(
                    key,
                    optional(key, rows.getString("before"), 0),
                    optional(key, rows.getString("after"), version)));
      }
    }
    return changes;
  }

  private Optional<Resource> optional(ResourceKey key, String text, long version)
      throws StoreFailure {
    return text == null ? Optional.empty() : Optional.of(resource(key, text, version));
  }

  private static ResourceKey key(ResultSet row) throws SQLException {
    return new ResourceKey(
        Kind.valueOf(row.getString("kind")), row.getString("namespace"), row.getString("name"));
  }

  private static String text(Resource resource) {
    return new String(JsonText.write(resource.document()), StandardCharsets.UTF_8);
  }

  /**
   * @param version 0 for that of the document
   */
  private Resource resource(ResourceKey key, String text, long version) throws StoreFailure {
    try {
      ObjectNode document = (ObjectNode) JsonText.read(text.getBytes(StandardCharsets.UTF_8));
      long own = document.at("/metadata/resourceVersion").asLong();
      return new Resource(key, document, version == 0 ? own : version);
    } catch (MalformedDocument e) {
      throw new StoreFailure(file + " is damaged at " + key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void copyTo(Path copy) throws StoreFailure {
    // An empty file SQLite takes as its own to fill.
    make(copy);
    try {
      // Not within a transaction, and there is none between two commits.
      connection.setAutoCommit(true);
      try {
        run("VACUUM INTO ?", copy.toString());
      } finally {
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      throw failure(copy, "written", e);
    }
  }

  private static StoreFailure failure(Path file, String verb, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    String remedy =
        switch (code) {
          case SQLITE_FULL -> "free space on its disk; nothing was changed";
          case SQLITE_BUSY, SQLITE_LOCKED ->
              "another controller uses it; stop that one, or name another directory with --data";
          case SQLITE_NOTADB, SQLITE_CORRUPT ->
              "it is no store of a controller, or damaged; restore it from a backup";
          default -> "see that its directory can be written";
        };
    return new StoreFailure(
        file + " cannot be " + verb + ": " + e.getMessage() + ". To do: " + remedy, e);
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // All that was acknowledged is on the disk.
    }
  }
}
