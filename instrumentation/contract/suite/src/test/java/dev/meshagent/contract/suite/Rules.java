package dev.meshagent.contract.suite;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;

/** The rules of services that behaviours call, written as a user writes them. */
final class Rules {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Of the services of {@link dev.meshagent.contract.server.ServerPark}; as for {@link #write}. */
  static final List<String> OF_PARK =
      List.of(
          """
          VirtualService|ruled|{"hosts": ["ruled"], "http": [
            {"match": [{"headers": {"tester": {"exact": "yes"}}}],
             "route": [{"destination": {"host": "payments"}}]},
            {"route": [{"destination": {"host": "ruled"}}]}]}""",
          """
          VirtualService|hasty|{"hosts": ["hasty"], "http": [
            {"route": [{"destination": {"host": "hasty"}}], "timeout": "500ms"}]}""");

  private Rules() {}

  /**
   * @param rule the kind, the name of the document, and the spec, with bars between
   */
  static void write(URI controller, String namespace, String rule)
      throws IOException, InterruptedException {
    String[] parts = rule.split("\\|", 3);
    String kind = parts[0];
    String document =
        """
        {"apiVersion": "networking.istio.io/v1", "kind": "%s",
         "metadata": {"name": "%s", "namespace": "%s"}, "spec": %s}"""
            .formatted(kind, parts[1], namespace, parts[2]);
    URI target =
        controller.resolve(
            "/apis/networking.istio.io/v1/namespaces/"
                + namespace
                + "/"
                + kind.toLowerCase(Locale.ROOT)
                + "s");
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(target)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() != 201) {
      throw new IOException(target + " answered " + response.statusCode() + ": " + response.body());
    }
  }
}
