package dev.meshagent.engine.stats;

/** How a call ended for the application, in few enough classes to keep a histogram for each. */
public enum OutcomeClass {
  /** 1xx to 3xx; for gRPC OK. */
  SUCCESS("success"),
  /** 4xx; for gRPC a status that blames the caller. */
  CLIENT_ERROR("client_error"),
  /** 5xx; for gRPC a status that blames the server. */
  SERVER_ERROR("server_error"),
  /** No response. */
  FAILURE("failure"),
  /** The application gave up. */
  CANCELLED("cancelled");

  /** As the control protocol writes it. */
  public final String text;

  OutcomeClass(String text) {
    this.text = text;
  }
}
