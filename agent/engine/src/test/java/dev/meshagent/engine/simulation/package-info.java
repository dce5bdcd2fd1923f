/**
 * Whole services on virtual time: simulated servers, and callers that drive the real engine through
 * its door. A thousand virtual seconds take a few real ones, and the same seed always gives the
 * same figures.
 */
package dev.meshagent.engine.simulation;
