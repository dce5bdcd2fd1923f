/** {@code ./mesh demo}: the shop under the agent, watched while it loses an instance. */
package dev.meshagent.testbed.demo;
