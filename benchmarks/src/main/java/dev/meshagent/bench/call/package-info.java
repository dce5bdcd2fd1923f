/** What the agent adds to one call, library by library: {@code ./mesh bench call}. */
package dev.meshagent.bench.call;
