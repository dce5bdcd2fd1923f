/** The controller's start and assembly. */
package dev.meshagent.controller;
