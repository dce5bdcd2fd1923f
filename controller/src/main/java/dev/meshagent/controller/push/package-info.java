/** What agents are told: names, service snapshots and endpoint deltas. */
package dev.meshagent.controller.push;
