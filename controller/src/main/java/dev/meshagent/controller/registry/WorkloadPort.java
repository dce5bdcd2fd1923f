package dev.meshagent.controller.registry;

/**
 * A port that a workload serves on.
 *
 * @param name {@code http} for the primary port, {@code p<number>} or a name from config for others
 * @param number 1 to 65535
 */
public record WorkloadPort(String name, int number) {}
