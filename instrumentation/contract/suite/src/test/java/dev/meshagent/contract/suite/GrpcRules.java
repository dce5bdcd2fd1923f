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

/** The rules of the services that gRPC's cases call, written as a user writes them. */
final class GrpcRules {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The kind, the name of the service, and the spec, with bars between. */
  static final List<String> ALL =
      List.of(
          """
          DestinationRule|echo|{"host": "echo",
           "trafficPolicy": {"loadBalancer": {"simple": "ROUND_ROBIN"}}}""",
          """
          DestinationRule|ruled|{"host": "ruled",
           "trafficPolicy": {"loadBalancer": {"simple": "ROUND_ROBIN"}}}""",
          """
          VirtualService|ruled|{"hosts": ["ruled"], "http": [{
            "route": [{"destination": {"host": "ruled"}}],
            "timeout": "10s",
            "retries": {"attempts": 2, "retryOn": "resource-exhausted"},
            "headers": {"request": {"set": {"tag": "by the mesh"}}}}]}""",
          """
          VirtualService|broken|{"hosts": ["broken"], "http": [{
            "route": [{"destination": {"host": "broken"}}],
            "fault": {"abort": {"grpcStatus": "ABORTED", "percentage": {"value": 100}}}}]}""");

  private GrpcRules() {}

  static void write(URI controller, String rule) throws IOException, InterruptedException {
    String[] parts = rule.split("\\|", 3);
    String kind = parts[0];
    String document =
        """
        {"apiVersion": "networking.istio.io/v1", "kind": "%s",
         "metadata": {"name": "%s", "namespace": "default"}, "spec": %s}"""
            .formatted(kind, parts[1], parts[2]);
    URI target =
        controller.resolve(
            "/apis/networking.istio.io/v1/namespaces/default/"
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
