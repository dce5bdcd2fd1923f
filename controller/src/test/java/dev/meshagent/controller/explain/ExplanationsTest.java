package dev.meshagent.controller.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.PolicySet;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
  private static final JsonMapper RELAXED =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .build();

  private final VirtualLoop loop = new VirtualLoop();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(
          loop, Duration.ofSeconds(15).toNanos(), new AtomicLong(1)::getAndIncrement);
  private final Directory directory = new Directory(loop, registry, "e1");
  private final List<Resource> resources = new ArrayList<>();

  @BeforeEach
  void serve() {
    registry.listen(directory);
    registry.register(
        new Registration(
            "a1",
            new ServiceId("shop", "orders"),
            List.of("10.0.0.7"),
            List.of(new WorkloadPort("http", 8080)),
            1,
            Locality.UNKNOWN,
            Map.of("app", "orders", "version", "v1")));
    loop.pass(Duration.ofSeconds(1));
  }

  private static JsonNode json(String relaxed) {
    try {
      return RELAXED.readTree(relaxed);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(relaxed, e);
    }
  }

  private void obey(Kind kind, String name, String spec) {
    ObjectNode document = RELAXED.createObjectNode();
    document.putObject("metadata").put("name", name);
    document.set("spec", json(spec));
    resources.add(new Resource(new ResourceKey(kind, "shop", name), document, 1));
    directory.obey(PolicySet.of(resources, 1));
  }

  private ObjectNode explain(String request) {
    return new Explanations(directory).of(AskedRequest.read(json(request)));
  }

  @Test
  void aHostThatIsNoNameOfTheMeshIsLeftAlone() {
    assertThat(explain("{url: 'http://example.com/'}").path("service").isNull()).isTrue();
    assertThat(explain("{url: 'http://orders/'}").path("text").asText())
        .contains("orders is no name of the mesh to callers in default");
    assertThat(explain("{url: 'http://10.0.0.7/'}").path("service").isNull()).isTrue();
  }

  @Test
  void aNamespaceMayBeginWithADigit() {
    obey(Kind.SERVICE, "7up", "{ports: []}");
    assertThat(
            explain("{url: 'http://ann@shop.7up:80/x', caller: {namespace: 'shop'}}")
                .path("text")
                .asText())
        .startsWith("shop.7up is no name of the mesh");
    assertThat(explain("{url: 'http://[::1]:80/'}").path("text").asText()).startsWith("::1 is no");
    assertThat(
            explain("{url: 'http://7up:80/', caller: {namespace: 'shop'}}")
                .path("service")
                .asText())
        .isEqualTo("shop/7up");
  }

  @Test
  void theRulesAreAskedAsTheCallerWouldAskThem() {
    obey(
        Kind.VIRTUAL_SERVICE,
        "orders",
        "{hosts: ['orders'], http: [{name: 'testers', match: [{headers: {x-user: {exact: 'ann'}},"
            + " sourceLabels: {app: 'web'}}], route: [{destination: {host: 'orders',"
            + " subset: 'v2'}}]}, {name: 'rest', route: [{destination: {host: 'orders',"
            + " subset: 'v1'}}], timeout: '2s'}]}");
    obey(
        Kind.DESTINATION_RULE,
        "orders",
        "{host: 'orders', subsets: [{name: 'v1', labels: {version: 'v1'}}]}");

    ObjectNode tester =
        explain(
            "{url: 'http://orders/x', headers: {X-User: 'ann'},"
                + " caller: {namespace: 'shop', service: 'web'}}");
    assertThat(tester.path("route").asText()).isEqualTo("testers");
    assertThat(tester.path("destinations").get(0).path("problem").asText())
        .isEqualTo("no subset of that name is defined");

    ObjectNode other =
        explain(
            "{url: 'http://orders.shop/x', headers: {x-user: 'ann'},"
                + " caller: {namespace: 'elsewhere'}}");
    assertThat(other.path("service").asText()).isEqualTo("shop/orders");
    assertThat(other.path("rules").get(0).path("why").asText())
        .isEqualTo("the caller has no label app=web");
    assertThat(other.path("route").asText()).isEqualTo("rest");
    assertThat(other.path("timeoutMillis").asInt()).isEqualTo(2000);
    assertThat(other.path("destinations").get(0).path("endpoints").get(0).path("port").asInt())
        .isEqualTo(8080);
    assertThat(other.path("from"))
        .map(JsonNode::asText)
        .containsExactly("VirtualService shop/orders", "DestinationRule shop/orders");
    assertThat(other.path("text").asText()).contains("fits  rest");
  }

  @Test
  void answersOfTheMeshItselfAreExplained() {
    obey(
        Kind.VIRTUAL_SERVICE,
        "orders",
        "{hosts: ['orders'], http: [{match: [{uri: {prefix: '/old'}}],"
            + " redirect: {uri: '/new'}}, {match: [{uri: {exact: '/closed'}}],"
            + " directResponse: {status: 503}}]}");
    String caller = ", caller: {namespace: 'shop'}}";

    assertThat(explain("{url: 'http://orders/old/a?b=c'" + caller).path("location").asText())
        .isEqualTo("http://orders/new?b=c");
    assertThat(explain("{url: 'http://orders/closed'" + caller).path("status").asInt())
        .isEqualTo(503);
    assertThat(explain("{url: 'http://orders/else'" + caller).path("outcome").asText())
        .isEqualTo("noRoute");
  }

  @Test
  void whatIsNoRequestIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> AskedRequest.read(json("{url: 'orders/list'}")))
        .hasMessage("url: 'orders/list' names no host; write one such as http://orders/list");
    assertThatThrownBy(() -> AskedRequest.read(json("{url: 'http://a', caller: {namespace: 'A'}}")))
        .hasMessageStartingWith("caller.namespace: 'A' is no DNS label");
  }
}
