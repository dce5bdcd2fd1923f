/**
 * Frameworks that stand on client libraries: a page of code for each. They need nothing of the
 * agent's; the rows of versions.txt that name them prove it.
 */
package dev.meshagent.contract.framework;
