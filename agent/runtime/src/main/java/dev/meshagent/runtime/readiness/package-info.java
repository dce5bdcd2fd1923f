/** Whether this process is ready for calls, by the probe that its workload group has. */
package dev.meshagent.runtime.readiness;
