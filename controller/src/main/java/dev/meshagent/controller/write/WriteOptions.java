package dev.meshagent.controller.write;

/**
 * How changes are to be made. Immutable.
 *
 * @param author who asks, as history tells it
 * @param manager whose the fields become that change
 * @param dryRun whether all is done but the change itself
 */
public record WriteOptions(
    String author, String manager, boolean dryRun, UnknownFields unknownFields) {}
