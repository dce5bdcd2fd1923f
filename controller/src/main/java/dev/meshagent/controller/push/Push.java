package dev.meshagent.controller.push;

/**
 * A frame on its way to an agent.
 *
 * @param type as in the frame itself; what it is counted as
 */
public record Push(String type, String json) {}
