/** What the engine's decisions cost, alone: JMH benchmarks, and the command that judges them. */
package dev.meshagent.bench.engine;
