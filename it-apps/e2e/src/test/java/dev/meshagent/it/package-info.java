/**
 * The end-to-end tests: real JVMs, the packaged jars, real sockets on the loopback. Classes named
 * {@code …IT} are run by failsafe; the applications that they fork are in it-apps/fixtures and
 * it-apps/shop, so that they run on every JDK from 11.
 */
package dev.meshagent.it;
