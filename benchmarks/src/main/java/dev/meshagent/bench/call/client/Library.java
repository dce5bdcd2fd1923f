package dev.meshagent.bench.call.client;

import java.util.Locale;

/** The libraries that are measured. */
public enum Library {
  JDK_HTTPCLIENT("inventory", JdkHttpClientCalls::new),
  HTTP_URL_CONNECTION("inventory", HttpUrlConnectionCalls::new),
  APACHE_HTTPCLIENT_4("inventory", ApacheHttpClient4Calls::new),
  APACHE_HTTPCLIENT_5("inventory", ApacheHttpClient5Calls::new),
  APACHE_HTTPCLIENT_5_ASYNC("inventory", ApacheHttpClient5AsyncCalls::new),
  OKHTTP("inventory", OkHttpCalls::new),
  REACTOR_NETTY("inventory", ReactorNettyCalls::new),
  GRPC("payments", GrpcCalls::new);

  /** No less than there are threads: a default that is narrower would be what is measured. */
  static final int CONNECTIONS = 16;

  private final String service;
  private final Opening opening;

  private interface Opening {
    Client client(String target) throws Exception;
  }

  Library(String service, Opening opening) {
    this.service = service;
    this.opening = opening;
  }

  /** The service of the shop that it calls. */
  public String service() {
    return service;
  }

  /**
   * A client of that service.
   *
   * @param authority the service's name, or the address of a server
   */
  Client client(String authority) throws Exception {
    return opening.client(this == GRPC ? authority : "http://" + authority + "/stock/x");
  }

  /** As the project's folders are called. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
