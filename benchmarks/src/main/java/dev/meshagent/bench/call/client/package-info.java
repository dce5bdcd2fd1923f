/** What runs in the JVMs that are compared: each library in the plainest way to use it. */
package dev.meshagent.bench.call.client;
