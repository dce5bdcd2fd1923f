/**
 * Runs the contract: library × version × JDK, with the agent and without, each in a JVM of its own.
 */
package dev.meshagent.contract.suite;
