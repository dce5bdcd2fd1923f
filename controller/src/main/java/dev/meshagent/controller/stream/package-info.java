/** The agents' control streams: frames, sessions and their life. */
package dev.meshagent.controller.stream;
