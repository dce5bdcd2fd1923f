/** The policy of record at one version, and whether a change of it is right. */
package dev.meshagent.controller.policy;
