/**
 * What adapters of several libraries need alike to drive the steps of a call: ways to wait, with a
 * thread and without one, and an account of the responses whose bodies are still being read.
 */
package dev.meshagent.spi.drive;
