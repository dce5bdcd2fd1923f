/**
 * Every decision that the mesh makes about a call, as pure functions of a snapshot, a clock and a
 * source of randomness: no I/O, no thread, no static state.
 */
package dev.meshagent.engine;
