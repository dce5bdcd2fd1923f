/**
 * Starts JVMs on this machine, with the agent and without, and reads what the mesh says of them.
 */
package dev.meshagent.testbed;
