/** The form of each kind: one file a kind says what is obeyed, and what is refused and why. */
package dev.meshagent.controller.schema;
