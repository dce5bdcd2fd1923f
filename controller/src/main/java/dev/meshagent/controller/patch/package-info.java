/** The ways in which a document is changed by another: JSON patch, merge patch, strategic merge. */
package dev.meshagent.controller.patch;
