package dev.meshagent.runtime.log;

/** How severe a line of the agent's log is, least severe first. */
public enum LogLevel {
  DEBUG,
  INFO,
  WARN,
  ERROR,
  /** As a threshold: nothing is written. */
  OFF
}
