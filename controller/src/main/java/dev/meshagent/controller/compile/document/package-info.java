/** Reads documents field by field, so that what nobody obeys is found and refused with its path. */
package dev.meshagent.controller.compile.document;
