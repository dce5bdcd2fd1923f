/** How a wish to change resources becomes a commit, or is turned down with reasons. */
package dev.meshagent.controller.write;
