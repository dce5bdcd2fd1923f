/** From resources and live workloads to what each caller is told of each service. */
package dev.meshagent.controller.compile;
