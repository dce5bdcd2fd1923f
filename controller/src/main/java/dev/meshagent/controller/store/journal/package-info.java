/** The store that holds all in memory and makes each batch durable before it counts. */
package dev.meshagent.controller.store.journal;
