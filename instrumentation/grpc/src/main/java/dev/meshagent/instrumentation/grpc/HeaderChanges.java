package dev.meshagent.instrumentation.grpc;

import dev.meshagent.engine.snapshot.policy.HeaderOps;
import io.grpc.Metadata;
import java.util.List;
import java.util.Map;

/** Applies the header operations of a policy to gRPC's metadata. */
final class HeaderChanges {
  private HeaderChanges() {}

  static void apply(HeaderOps operations, Metadata metadata) {
    if (operations.isEmpty()) {
      return;
    }
    for (String name : operations.remove) {
      remove(metadata, name);
    }
    for (Map.Entry<String, String> header : operations.set.entrySet()) {
      remove(metadata, header.getKey());
      put(metadata, header.getKey(), header.getValue());
    }
    for (Map.Entry<String, List<String>> header : operations.add.entrySet()) {
      for (String value : header.getValue()) {
        put(metadata, header.getKey(), value);
      }
    }
  }

  private static void remove(Metadata metadata, String name) {
    Metadata.Key<String> key = key(name);
    if (key != null) {
      metadata.discardAll(key);
    }
  }

  static void put(Metadata metadata, String name, String value) {
    Metadata.Key<String> key = key(name);
    if (key != null) {
      metadata.put(key, value);
    }
  }

  /** Null for what is none of the application's: pseudo headers, gRPC's own, and binary ones. */
  private static Metadata.Key<String> key(String name) {
    if (name.startsWith("grpc-")
        || name.equalsIgnoreCase("content-type")
        || name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      return null;
    }
    try {
      return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
