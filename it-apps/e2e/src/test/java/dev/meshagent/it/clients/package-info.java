/** Clients of Kubernetes, none of them made for this project, at work on a controller's process. */
package dev.meshagent.it.clients;
