/**
 * The JDK's HTTP client under the packaged agent, on every JDK at hand: the cases are in
 * dev.meshagent.fixtures.httpclient, the services that they call are here.
 */
package dev.meshagent.it.jdkhttpclient;
