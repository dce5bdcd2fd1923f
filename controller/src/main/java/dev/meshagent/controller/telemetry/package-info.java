/** What agents report of their calls, merged per edge, and the controller's metrics. */
package dev.meshagent.controller.telemetry;
