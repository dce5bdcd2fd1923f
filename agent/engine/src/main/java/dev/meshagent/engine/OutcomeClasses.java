package dev.meshagent.engine;

import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.snapshot.policy.GrpcStatus;
import dev.meshagent.engine.stats.OutcomeClass;

/** Sorts outcomes into the classes that are counted. */
final class OutcomeClasses {
  private OutcomeClasses() {}

  static OutcomeClass of(Outcome outcome) {
    if (outcome.failure == Failure.CANCELLED) {
      return OutcomeClass.CANCELLED;
    }
    if (outcome.failure != Failure.NONE) {
      return OutcomeClass.FAILURE;
    }
    int status = outcome.grpcStatus >= 0 ? GrpcStatus.toHttp(outcome.grpcStatus) : outcome.status;
    return ofStatus(status);
  }

  static OutcomeClass ofStatus(int status) {
    if (status < 400) {
      return OutcomeClass.SUCCESS;
    }
    return status < 500 ? OutcomeClass.CLIENT_ERROR : OutcomeClass.SERVER_ERROR;
  }
}
