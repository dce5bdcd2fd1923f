package dev.meshagent.instrumentation.okhttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * The Dns of an address that is not to be connected to: equal to no other, so that no pooled
 * connection serves it.
 */
final class HandOverDns implements Dns {
  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    throw HandOverDns.<RuntimeException>unchecked(new HandOver());
  }

  /** The interface allows only UnknownHostException, its callers expect any IOException. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T unchecked(Throwable failure) throws T {
    throw (T) failure;
  }
}
