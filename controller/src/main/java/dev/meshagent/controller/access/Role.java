package dev.meshagent.controller.access;

/** What a token is good for. */
public enum Role {
  /** Reads and changes everything. */
  ADMIN,
  /** Reads everything and changes nothing. */
  READER,
  /** Opens a control stream, and nothing else. */
  AGENT
}
