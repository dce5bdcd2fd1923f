package dev.meshagent.controller.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.policy.Finding;
import dev.meshagent.controller.policy.Findings;
import dev.meshagent.controller.policy.PolicyCheck;
import dev.meshagent.controller.schema.FieldError;
import dev.meshagent.controller.store.Batch;
import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Conflict;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.write.Written.One;
import dev.meshagent.controller.write.Written.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Fulfils wishes, all of a request or none: computes what each comes to, has the whole judged, and
 * commits it. One request at a time.
 */
public final class ResourceWriter {
  /** The code of a rejection of documents for what they say. */
  private static final int INVALID = 422;

  private final JournaledStore store;
  private final Catalog catalog;
  private final PolicyCheck check;
  private final Supplier<Instant> clock;

  public ResourceWriter(
      JournaledStore store, Catalog catalog, PolicyCheck check, Supplier<Instant> clock) {
    this.store = store;
    this.catalog = catalog;
    this.check = check;
    this.clock = clock;
  }

  /**
   * Fulfils the wishes; blocks for as long as the disk takes.
   *
   * @param action what they are, in a few words, as history tells it
   * @throws Rejection if one of them cannot be, or all of them together; then nothing was changed
   */
  public synchronized Written write(List<Wish> wishes, String action, WriteOptions options)
      throws Rejection {
    String time = clock.get().truncatedTo(ChronoUnit.SECONDS).toString();
    List<String> warnings = new ArrayList<>();
    List<One> each = new ArrayList<>();
    List<Batch.Change> changes = new ArrayList<>();
    Set<ResourceKey> seen = new HashSet<>();
    List<Rejection.Cause> wrong = new ArrayList<>();
    for (Wish wish : wishes) {
      ResourceKey key = wish.key();
      if (!seen.add(key)) {
        throw Rejection.badRequest(key + " is there twice; say once what it is to be");
      }
      Optional<ObjectNode> live = catalog.get(key).map(Resource::document);
      Optional<Resource> stored = store.get(key);
      boolean onlyLives = catalog.onlyLives(key);
      Optional<ObjectNode> fresh;
      try {
        fresh = new Proposal(key, live, stored, options, time, warnings).document(wish);
      } catch (Rejection e) {
        if (wishes.size() == 1 || e.code() != INVALID) {
          throw e;
        }
        // The others may be wrong as well: who asks is to hear of all at once.
        e.causes().forEach(cause -> wrong.add(cause.of(key)));
        continue;
      }
      refuseWhatLives(key, onlyLives, fresh.isEmpty());
      boolean created = live.isEmpty() || wish instanceof Wish.Create;
      Outcome outcome = outcome(!created, stored, fresh);
      if (outcome != Outcome.UNCHANGED) {
        long expected = stored.map(Resource::version).orElse(Batch.ABSENT);
        changes.add(new Batch.Change(key, fresh, expected));
      }
      each.add(
          new One(
              key,
              outcome,
              outcome == Outcome.UNCHANGED ? live.get() : fresh.or(() -> live).get()));
    }
    Batch batch = new Batch(options.author(), action, changes);
    PolicySet before = store.current();
    PolicySet after = before.with(batch);
    List<ResourceKey> changed = changes.stream().map(Batch.Change::key).toList();
    Findings findings = check.check(before, after, changed);
    findings.errors().stream().map(ResourceWriter::about).forEach(wrong::add);
    if (!wrong.isEmpty()) {
      throw wishes.size() == 1 ? rejected(changed.get(0), findings) : Rejection.invalid(wrong);
    }
    findings.warnings().forEach(warning -> warnings.add(text(warning)));
    List<ResourceKey> unchanged =
        each.stream().filter(one -> one.outcome() == Outcome.UNCHANGED).map(One::key).toList();
    // Who applies again is to hear again of what still dangles.
    check
        .check(before, after, unchanged)
        .warnings()
        .forEach(warning -> warnings.add(text(warning)));
    if (options.dryRun() || changes.isEmpty()) {
      List<One> shown = each.stream().map(this::asIfWritten).toList();
      return new Written(before.version(), before, after, shown, warnings);
    }
    Commit commit = commit(batch);
    List<One> now =
        each.stream()
            .map(
                one ->
                    new One(
                        one.key(),
                        one.outcome(),
                        one.outcome() == Outcome.DELETED
                            ? one.document()
                            : catalog
                                .get(one.key())
                                .map(Resource::document)
                                .orElse(one.document())))
            .toList();
    return new Written(commit.version(), before, before.with(commit), now, warnings);
  }

  /** With the version and status that it still has. */
  private One asIfWritten(One one) {
    ObjectNode document = one.document().deepCopy();
    catalog
        .get(one.key())
        .ifPresent(
            there -> {
              document
                  .withObject("/metadata")
                  .put("resourceVersion", Long.toString(there.version()));
              if (there.document().has("status")) {
                document.set("status", there.document().get("status"));
              }
            });
    return new One(one.key(), one.outcome(), document);
  }

  private static void refuseWhatLives(ResourceKey key, boolean onlyLives, boolean deletes)
      throws Rejection {
    if (!onlyLives) {
      return;
    }
    if (key.kind() == Kind.WORKLOAD_ENTRY) {
      throw Rejection.forbidden(
          key.kind(),
          key.name(),
          "it is a live workload, which its own agent states; it can only be read. Write one by"
              + " another name for a process without an agent");
    }
    if (deletes) {
      throw Rejection.forbidden(
          key.kind(), key.name(), "live workloads make it; it goes when the last of them is gone");
    }
  }

  private static Outcome outcome(
      boolean there, Optional<Resource> stored, Optional<ObjectNode> fresh) {
    if (fresh.isEmpty()) {
      return Outcome.DELETED;
    }
    if (stored.isEmpty()) {
      return there ? Outcome.CHANGED : Outcome.CREATED;
    }
    ObjectNode old = stored.get().document().deepCopy();
    old.withObject("/metadata").remove("resourceVersion");
    return old.equals(fresh.get()) ? Outcome.UNCHANGED : Outcome.CHANGED;
  }

  /** The only one that was wished for means what cannot be. */
  private static Rejection rejected(ResourceKey key, Findings findings) {
    return Rejection.invalid(
        key.kind(),
        key.name(),
        findings.errors().stream()
            .map(
                finding ->
                    finding.key().equals(key) ? Rejection.Cause.of(error(finding)) : about(finding))
            .toList());
  }

  private static String text(Finding finding) {
    return finding.key() + ": " + error(finding).text();
  }

  private static FieldError error(Finding finding) {
    return new FieldError(finding.path(), FieldError.INVALID, finding.value(), finding.message());
  }

  /** With the name of the resource before the path. */
  private static Rejection.Cause about(Finding finding) {
    return Rejection.Cause.of(error(finding)).of(finding.key());
  }

  private Commit commit(Batch batch) throws Rejection {
    try {
      return store.commit(batch);
    } catch (Conflict e) {
      throw Rejection.conflict(e.key().kind(), e.key().name(), e.getMessage());
    } catch (StoreFailure e) {
      throw Rejection.notStored(e.getMessage());
    }
  }
}
