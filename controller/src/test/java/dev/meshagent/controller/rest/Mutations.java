package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.Trees;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Documents that were right and then went wrong at random. */
final class Mutations {
  private static final List<JsonNode> DOCUMENTS =
      List.of(
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: VirtualService",
              "metadata: {name: a, labels: {x: '1'}, annotations: {y: z}}",
              "spec:",
              "  hosts: [a, a.default.svc.cluster.local]",
              "  exportTo: ['*']",
              "  http:",
              "  - name: canary",
              "    match: [{uri: {prefix: /v2}, headers: {u: {exact: t}}, port: 80}]",
              "    route:",
              "    - {destination: {host: a, subset: v1, port: {number: 80}}, weight: 90}",
              "    - {destination: {host: a, subset: v2}, weight: 10}",
              "    timeout: 5s",
              "    retries: {attempts: 3, perTryTimeout: 1s, retryOn: 'reset,503'}",
              "    fault: {delay: {fixedDelay: 1s, percentage: {value: 5}}}",
              "    headers: {request: {set: {a: b}, remove: [c]}}",
              "    mirror: {host: b}",
              "  - redirect: {uri: /new, redirectCode: 302}"),
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: DestinationRule",
              "metadata: {name: a}",
              "spec:",
              "  host: a",
              "  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]",
              "  trafficPolicy:",
              "    loadBalancer: {consistentHash: {httpHeaderName: u, maglev: {tableSize: 1009}}}",
              "    connectionPool: {tcp: {maxConnections: 5, connectTimeout: 1s}}",
              "    outlierDetection: {consecutive5xxErrors: 3, interval: 5s}",
              "    portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]"),
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: ServiceEntry",
              "metadata: {name: e}",
              "spec:",
              "  hosts: [api.example.com]",
              "  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]",
              "  resolution: STATIC",
              "  endpoints: [{address: 10.0.0.1, weight: 3, ports: {http: 81}, locality: a/b}]"),
          Trees.tree(
              "apiVersion: gateway.networking.k8s.io/v1",
              "kind: HTTPRoute",
              "metadata: {name: h, namespace: shop}",
              "spec:",
              "  parentRefs: [{group: '', kind: Service, name: h, port: 80}]",
              "  rules:",
              "  - matches: [{path: {type: Exact, value: /x}, headers: [{name: a, value: b}]}]",
              "    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a]}}]",
              "    backendRefs: [{name: h, port: 80, weight: 3}]",
              "    timeouts: {request: 3s}"),
          Trees.tree(
              "apiVersion: gateway.networking.k8s.io/v1",
              "kind: GRPCRoute",
              "metadata: {name: g}",
              "spec:",
              "  parentRefs: [{name: g}]",
              "  rules: [{matches: [{method: {service: s, method: m}}], backendRefs: [{name: g,"
                  + " port: 80}]}]"),
          Trees.tree(
              "apiVersion: v1",
              "kind: Service",
              "metadata: {name: s}",
              "spec: {selector: {app: s}, ports: [{name: http, port: 80, targetPort: 8080}]}"),
          Trees.tree(
              "apiVersion: v1",
              "kind: Service",
              "metadata: {name: x}",
              "spec: {type: ExternalName, externalName: x.example.com, ports: [{port: 80}]}"),
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: ServiceEntry",
              "metadata: {name: d}",
              "spec:",
              "  hosts: [d.example.com]",
              "  ports: [{number: 80, name: http}]",
              "  resolution: DNS",
              "  endpoints: [{address: d1.example.com}, {address: 10.0.0.3, weight: 2}]"),
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: WorkloadEntry",
              "metadata: {name: w}",
              "spec: {address: 10.0.0.4, ports: {http: 80}, labels: {app: w}, locality: a/b}"),
          Trees.tree(
              "apiVersion: networking.istio.io/v1",
              "kind: WorkloadGroup",
              "metadata: {name: g}",
              "spec:",
              "  metadata: {labels: {a: b}}",
              "  template: {weight: 3, labels: {c: d}, ports: {http: 80}}",
              "  probe:",
              "    httpGet: {path: /r, port: 80, httpHeaders: [{name: a, value: b}]}",
              "    periodSeconds: 5"),
          Trees.tree(
              "apiVersion: security.istio.io/v1",
              "kind: PeerAuthentication",
              "metadata: {name: p}",
              "spec: {mtls: {mode: PERMISSIVE}}"),
          Trees.tree(
              "apiVersion: security.istio.io/v1",
              "kind: AuthorizationPolicy",
              "metadata: {name: z}",
              "spec: {action: ALLOW, rules: [{}, {to: [{operation: {methods: [GET]}}]}]}"));

  private static final String[] STRANGE = {
    "",
    " ",
    "\u0000",
    "*",
    "..",
    "/",
    "null",
    "-1",
    "1e400",
    "[",
    "(((((a+)+)+)+)+)$",
    "ü😀",
    "\ud800",
    "999999999999999999999",
    "0s",
    "1h1h",
    "a".repeat(300),
    "$patch",
    "__proto__",
    "::1",
    "NaN"
  };

  private final Random random;

  Mutations(Random random) {
    this.random = random;
  }

  private JsonNode anything() {
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (random.nextInt(9)) {
      case 0 -> make.nullNode();
      case 1 -> make.booleanNode(random.nextBoolean());
      case 2 -> make.numberNode(random.nextInt());
      case 3 -> make.numberNode(random.nextDouble() * 1e9);
      case 4 -> make.arrayNode();
      case 5 -> make.objectNode();
      case 6 -> make.numberNode(random.nextInt(5) - 1);
      default -> make.textNode(STRANGE[random.nextInt(STRANGE.length)]);
    };
  }

  /** Changes one place, chosen by walking down at random. */
  private void mutate(JsonNode root) {
    JsonNode at = root;
    while (true) {
      List<String> fields = new ArrayList<>();
      at.fieldNames().forEachRemaining(fields::add);
      if (at.isEmpty()) {
        return;
      }
      int index = random.nextInt(at.size());
      JsonNode child = at.isObject() ? at.get(fields.get(index)) : at.get(index);
      if (child.isContainerNode() && !child.isEmpty() && random.nextInt(4) != 0) {
        at = child;
        continue;
      }
      if (at instanceof ObjectNode object) {
        String field = fields.get(index);
        switch (random.nextInt(5)) {
          case 0 -> object.remove(field);
          case 1 -> object.set(STRANGE[random.nextInt(STRANGE.length)], anything());
          case 2 -> object.set(field + "x", object.remove(field));
          default -> object.set(field, anything());
        }
      } else {
        ArrayNode array = (ArrayNode) at;
        switch (random.nextInt(3)) {
          case 0 -> array.remove(index);
          case 1 -> array.add(child.deepCopy());
          default -> array.set(index, anything());
        }
      }
      return;
    }
  }

  /** The next one, as bytes; now and then damaged as bytes. */
  byte[] next() {
    JsonNode document = DOCUMENTS.get(random.nextInt(DOCUMENTS.size())).deepCopy();
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      mutate(document);
    }
    byte[] bytes = document.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
