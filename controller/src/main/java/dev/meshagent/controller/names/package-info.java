/** Looks up the host names that policy gives as addresses, in the background. */
package dev.meshagent.controller.names;
