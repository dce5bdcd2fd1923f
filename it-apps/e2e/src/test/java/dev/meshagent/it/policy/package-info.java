/**
 * Policy that is applied over HTTP, and the traffic of a real agent that obeys it. The examples are
 * those of Istio's Bookinfo and of Gateway API's mesh, written down again in our own words.
 */
package dev.meshagent.it.policy;
