/** Fixtures of libraries that are in the JDK since 11. */
package dev.meshagent.contract.library11;
