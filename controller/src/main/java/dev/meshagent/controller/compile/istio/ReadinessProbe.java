package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an agent finds out whether its process is ready, as a WorkloadGroup says. Immutable.
 *
 * @param http asked by HTTP for the path; else a connection is enough
 * @param headers whole lines, such as {@code X-Probe: 1}
 */
public record ReadinessProbe(
    boolean http,
    String host,
    int port,
    String path,
    List<String> headers,
    int initialDelaySeconds,
    int periodSeconds,
    int timeoutSeconds,
    int successThreshold,
    int failureThreshold) {
  private static final int HIGHEST_PORT = 65535;
  private static final int DAY_SECONDS = 86_400;
  private static final int MOST_IN_A_ROW = 1_000;

  /** Where an agent finds its own process unless told otherwise. */
  private static final String THIS_HOST = "127.0.0.1";

  public ReadinessProbe {
    headers = List.copyOf(headers);
  }

  /** Reads one; where it says nothing, Kubernetes' defaults hold. */
  static Optional<ReadinessProbe> read(Node node) {
    node.refuse("exec", "agents run no commands; write httpGet or tcpSocket");
    node.refuse("grpc", "write httpGet or tcpSocket");
    int initialDelay = node.integer("initialDelaySeconds", 0, DAY_SECONDS, 0);
    // Kubernetes: 0 is the default, too.
    int period = atLeastOne(node.integer("periodSeconds", 0, DAY_SECONDS, 0), 10);
    int timeout = atLeastOne(node.integer("timeoutSeconds", 0, DAY_SECONDS, 0), 1);
    int successes = atLeastOne(node.integer("successThreshold", 0, MOST_IN_A_ROW, 0), 1);
    int failures = atLeastOne(node.integer("failureThreshold", 0, MOST_IN_A_ROW, 0), 3);
    boolean http = node.has("httpGet");
    Optional<Node> target = node.object(http ? "httpGet" : "tcpSocket");
    if (!node.exactlyOne("httpGet", "tcpSocket") || target.isEmpty()) {
      node.end();
      return Optional.empty();
    }
    Node at = target.get();
    int port = at.integer("port", 1, HIGHEST_PORT, 0);
    if (port == 0) {
      at.error("port", "is missing; write the port that answers the probe");
    }
    String host = at.text("host", THIS_HOST);
    if (!host.matches("[0-9A-Za-z.:_-]*")) {
      at.error("host", "is neither a name nor an address; leave it out for the process itself");
    }
    String path = http ? path(at) : "/";
    List<String> headers = http ? headers(at) : List.of();
    at.end();
    node.end();
    return Optional.of(
        new ReadinessProbe(
            http,
            host.isEmpty() ? THIS_HOST : host,
            port,
            path,
            headers,
            initialDelay,
            period,
            timeout,
            successes,
            failures));
  }

  private static int atLeastOne(int given, int otherwise) {
    return given == 0 ? otherwise : given;
  }

  private static String path(Node at) {
    if (!at.text("scheme", "HTTP").equalsIgnoreCase("HTTP")) {
      at.error("scheme", "is not obeyed: agents probe in the clear; write HTTP, or tcpSocket");
    }
    String path = at.text("path", "/");
    if (!path.matches("/[\\x21-\\x7e]*")) {
      at.error("path", "begins with '/' and has neither blanks nor letters beyond ASCII");
    }
    return path;
  }

  private static List<String> headers(Node at) {
    List<String> lines = new ArrayList<>();
    for (Node header : at.objects("httpHeaders")) {
      String name = header.required("name");
      String value = header.text("value", "");
      if (!name.isEmpty() && !name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
        header.error("name", "is no name of a header (RFC 9110 §5.1)");
      }
      if (!value.matches("[\\t\\x20-\\x7e]*")) {
        header.error("value", "holds what no header may, such as the end of a line");
      }
      header.end();
      lines.add(name + ": " + value);
    }
    return lines;
  }
}
