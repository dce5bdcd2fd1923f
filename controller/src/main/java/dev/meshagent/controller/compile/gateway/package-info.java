/** What Gateway API's kinds mean, in the terms of the engine's snapshot. */
package dev.meshagent.controller.compile.gateway;
