package dev.meshagent.instrumentation.jdkhttpclient;

import java.net.http.HttpRequest.BodyPublisher;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells which request bodies can be sent again from their start. The client's own publishers over
 * memory and files can. One over a stream asks its supplier again, which all too often returns the
 * stream that was read already, and an application's own publisher may be good for one subscriber.
 */
final class BodyPublishing {
  private static final String PUBLISHERS = "jdk.internal.net.http.RequestPublishers$";
  private static final Set<String> REPEATABLE =
      new HashSet<>(
          Arrays.asList(
              PUBLISHERS + "ByteArrayPublisher",
              PUBLISHERS + "StringPublisher",
              PUBLISHERS + "IterablePublisher",
              PUBLISHERS + "EmptyPublisher",
              PUBLISHERS + "FilePublisher"));

  private BodyPublishing() {}

  static boolean repeatable(BodyPublisher publisher) {
    return publisher == null
        || publisher.contentLength() == 0
        || REPEATABLE.contains(publisher.getClass().getName());
  }
}
