package dev.meshagent.testbed.streams;

import java.util.List;

/**
 * What a simulated agent says of itself when it connects.
 *
 * @param number from 0, by which its identity is made
 * @param service that it belongs to, in the namespace {@code default}
 * @param port of the workload that it serves on the loopback; 0 for none
 * @param wanted services that it subscribes to, as {@code namespace/name}
 */
public record Greeting(int number, String service, int port, List<String> wanted) {
  /** The identity of the simulated agent with this number. */
  public static String uid(int number) {
    return String.format("%032x", number + 1);
  }

  String hello() {
    String workload =
        port == 0
            ? ""
            : """
            ,"workload":{"addresses":["127.0.0.1"],"weight":1,\
            "ports":[{"name":"http","port":%d,"primary":true}]}"""
                .formatted(port);
    return """
    {"type":"hello","protocol":1,"agentVersion":"simulated","features":["endpoints-delta"],\
    "uid":"%s","namespace":"default","service":"%s","labels":{"app":"%s"},"known":{}%s}"""
        .formatted(uid(number), service, service, workload);
  }

  String subscribe() {
    return "{\"type\":\"subscribe\",\"services\":[\"" + String.join("\",\"", wanted) + "\"]}";
  }
}
