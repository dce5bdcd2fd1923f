/** Who may do what with the controller. */
package dev.meshagent.controller.access;
