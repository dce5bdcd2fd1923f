/** Answers what becomes of a request, and how far a change has come. */
package dev.meshagent.controller.explain;
