package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Caller;

/**
 * A process that wants to be told of services.
 *
 * @param uid its identity
 * @param vantage where it is
 * @param caller by what policy tells it from others
 */
public record Subscriber(String uid, Vantage vantage, Caller caller) {}
