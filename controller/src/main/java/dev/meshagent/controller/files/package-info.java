/** How the controller keeps files on the disk. */
package dev.meshagent.controller.files;
