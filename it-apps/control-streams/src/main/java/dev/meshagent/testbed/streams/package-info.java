/** Control streams without an agent behind them: as many as a test or a benchmark wants. */
package dev.meshagent.testbed.streams;
