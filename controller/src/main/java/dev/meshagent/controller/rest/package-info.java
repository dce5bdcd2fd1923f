/** The REST API, in the form of the Kubernetes API conventions. */
package dev.meshagent.controller.rest;
