/** The verbs of {@code ./mesh} that talk to a controller. */
package dev.meshagent.cli;
