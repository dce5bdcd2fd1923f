/** What a controller with many agents does with a change of policy. */
package dev.meshagent.bench.control;
