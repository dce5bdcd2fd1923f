/** Whether a change of the policy of record is right. */
package dev.meshagent.controller.policy;
