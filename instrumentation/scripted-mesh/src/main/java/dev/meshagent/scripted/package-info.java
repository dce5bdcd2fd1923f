/**
 * What tests of adapters have in common: a mesh whose engine answers what the test says, servers on
 * real sockets, and what every adapter must make of each kind of step, written once. Used by tests
 * alone; nothing of it is in the agent.
 */
package dev.meshagent.scripted;
