package dev.meshagent.controller.store;

/** Told of every commit, in their order, by the thread that commits; is to hand it on quickly. */
public interface CommitListener {
  void committed(Commit commit);
}
