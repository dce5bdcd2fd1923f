/**
 * The least of a WebSocket client (RFC 6455) that the control stream needs: text messages over one
 * socket, on two daemon threads. It exists because a client library costs the start of every
 * process some 45 ms more, and because the libraries initialise the JDK's security providers, which
 * an application may still want to configure in its main.
 */
package dev.meshagent.runtime.websocket;
