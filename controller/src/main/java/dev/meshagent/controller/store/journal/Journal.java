package dev.meshagent.controller.store.journal;

import dev.meshagent.controller.store.Commit;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.StoreFailure;
import java.util.List;

/** Where commits are made durable. Called by one thread at a time. */
public interface Journal extends AutoCloseable {
  /** All resources after the last commit that was appended. */
  List<Resource> load() throws StoreFailure;

  /** The version of the last commit that was appended; 0 before the first. */
  long version() throws StoreFailure;

  /**
   * Returns when the commit will outlive a crash of the machine.
   *
   * @throws StoreFailure if that cannot be had; then nothing of it is kept
   */
  void append(Commit commit) throws StoreFailure;

  @Override
  void close();

  /** Keeps nothing. */
  Journal NONE =
      new Journal() {
        @Override
        public List<Resource> load() {
          return List.of();
        }

        @Override
        public long version() {
          return 0;
        }

        @Override
        public void append(Commit commit) {
          // Memory is all there is.
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };
}
