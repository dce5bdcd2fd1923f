/**
 * Benchmarks of the whole system: packaged jars, forked JVMs, real sockets. What is compared is run
 * by turns in one run, so that a machine that grows slower wrongs neither.
 */
package dev.meshagent.bench.system;
