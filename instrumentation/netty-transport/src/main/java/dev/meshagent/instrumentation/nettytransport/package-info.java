/** Makes servers on Netty's native transports known, which the JDK's sockets never see. */
package dev.meshagent.instrumentation.nettytransport;
