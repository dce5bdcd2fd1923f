/** The live workloads: who serves what, on which lease, in which health. */
package dev.meshagent.controller.registry;
