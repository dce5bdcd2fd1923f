/**
 * What runs before the application's main: the agent's entry, the transformer that knows the
 * targets by name, and the loader that hides everything else. These classes sit in the system
 * loader, where the JVM puts an agent, and use nothing but the JDK.
 */
package dev.meshagent.boot;
