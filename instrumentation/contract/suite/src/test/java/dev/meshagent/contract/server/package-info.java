/**
 * The server side of the contract: Netty over real sockets, each request saying how it wants to be
 * treated.
 */
package dev.meshagent.contract.server;
