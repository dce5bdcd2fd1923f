/** Who wrote which field, and server-side apply, which lets nobody overwrite another unawares. */
package dev.meshagent.controller.ownership;
