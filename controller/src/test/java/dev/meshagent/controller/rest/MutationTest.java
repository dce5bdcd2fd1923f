package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import dev.meshagent.controller.Controller;
import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.HostPort;
import dev.meshagent.controller.Trees;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.compile.Meaning;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.store.journal.MemoryJournal;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.write.Rejection;
import dev.meshagent.controller.write.ResourceWriter;
import dev.meshagent.controller.write.UnknownFields;
import dev.meshagent.controller.write.WriteOptions;
import dev.meshagent.controller.write.Written;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Documents that were right and then went wrong at random, by a fixed seed. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class MutationTest {
  /** A hundred thousand with {@code -Pfull}. */
  private static final int MUTATIONS = Integer.getInteger("mesh.test.mutations", 2000);

  private static final int OVER_HTTP = Math.max(200, MUTATIONS / 50);
  private static final long SEED = 5;
  private static final MediaType JSON = MediaType.JSON;

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
              "spec: {selector: {app: s}, ports: [{name: http, port: 80, targetPort: 8080}]}"));

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

  private final Random random = new Random(SEED);

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

  /** As bytes, now and then damaged as bytes. */
  private byte[] mutation() {
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

  @Test
  void isTakenWholeOrTurnedDownWithReasons() throws Exception {
    ResourceVersions versions = ResourceVersions.inMemory(1);
    JournaledStore store =
        new JournaledStore(
            new MemoryJournal(), versions, () -> Instant.parse("2026-11-23T00:00:00Z"));
    Catalog catalog = new Catalog(store, versions);
    ResourceWriter writer =
        new ResourceWriter(
            store, catalog, new Meaning(List::of), () -> Instant.parse("2026-11-23T00:00:00Z"));
    int taken = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] body = mutation();
      MediaType type = random.nextBoolean() ? JSON : MediaType.parse("application/yaml");
      UnknownFields unknown = UnknownFields.values()[random.nextInt(3)];
      WriteOptions options = new WriteOptions("fuzz", "fuzz", random.nextInt(10) == 0, unknown);
      long before = store.version();
      try {
        Written written =
            writer.write(
                ChangeApi.wishes(Bodies.all(type, body), QueryParams.of()), "fuzz", options);
        taken++;
        for (Written.One one : written.each()) {
          // What was taken can be written down and read again.
          assertThat(JsonText.read(JsonText.write(one.document()))).isNotNull();
        }
      } catch (Rejection e) {
        assertThat(e.code()).as(e.getMessage()).isBetween(400, 499);
        assertThat(e.getMessage()).isNotBlank();
        assertThat(store.version()).isEqualTo(before);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "mutation " + i + ": " + new String(body, StandardCharsets.UTF_8), e);
      }
    }
    assertThat(taken).isBetween(MUTATIONS / 50, MUTATIONS - MUTATIONS / 50);
  }

  @Test
  void overHttpNothingIsTheServersFault() throws Exception {
    try (Controller controller =
        Controller.start(
            new ControllerSettings(
                new HostPort("127.0.0.1", 0), Optional.empty(), ControllerSettings.LEASE))) {
      Api api = new Api(controller);
      String[] types = {
        "application/json",
        "application/yaml",
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml"
      };
      String[] paths = {
        "/mesh/v1/apply",
        Api.ISTIO + "default/virtualservices",
        Api.ISTIO + "default/virtualservices/a",
        Api.ISTIO + "default/destinationrules/a",
        "/api/v1/namespaces/default/services/s",
        "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/h"
      };
      String[] methods = {"POST", "PUT", "PATCH", "DELETE"};
      for (int i = 0; i < OVER_HTTP; i++) {
        byte[] body = mutation();
        Api.Answer answer =
            api.send(
                api.request(paths[random.nextInt(paths.length)] + "?fieldManager=fuzz&force=true")
                    .header("Content-Type", types[random.nextInt(types.length)])
                    .method(
                        methods[random.nextInt(methods.length)],
                        HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());
        assertThat(answer.code())
            .as("%s\n%s", new String(body, StandardCharsets.UTF_8), answer.response().body())
            .isLessThan(500);
      }
    }
  }
}
