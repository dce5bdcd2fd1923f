/** What was written by people: resources, kept whole, changed in atomic batches. */
package dev.meshagent.controller.store;
