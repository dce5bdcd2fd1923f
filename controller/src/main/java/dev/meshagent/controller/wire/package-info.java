/** Documents as text: JSON and YAML, read within bounds and written. */
package dev.meshagent.controller.wire;
