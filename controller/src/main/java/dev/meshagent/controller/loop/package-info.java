/** The serial executor that owns all mutable state. */
package dev.meshagent.controller.loop;
