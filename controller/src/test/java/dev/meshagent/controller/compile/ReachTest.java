package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To which services and to whose calls a resource speaks. */
class ReachTest {
  private static String redirect(String hosts, String path) {
    return "{hosts: [" + hosts + "], http: [{name: '" + path + "', redirect: {uri: '/a'}}]}";
  }

  private static String routeOf(Mesh mesh, String service, String namespace) {
    var routes = mesh.policy(service, namespace).routes;
    return routes.isEmpty() ? "" : routes.get(0).name;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "orders.shop",
        "orders.shop.svc",
        "orders.shop.svc.cluster.local",
        "Orders.Shop."
      })
  void everyNameOfAServiceMeansIt(String host) {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(Kind.VIRTUAL_SERVICE, "shop", "x", redirect("'" + host + "'", "r"));

    assertThat(routeOf(mesh, "shop/orders", "anywhere")).isEqualTo("r");
  }

  @Test
  void aShortNameIsMeantInTheResourcesNamespace() {
    Mesh mesh =
        Mesh.with("shop/orders", "other/orders")
            .add(Kind.VIRTUAL_SERVICE, "other", "x", redirect("'orders'", "r"));

    assertThat(routeOf(mesh, "shop/orders", "shop")).isEmpty();
    assertThat(routeOf(mesh, "other/orders", "shop")).isEqualTo("r");
  }

  @Test
  void exportToSaysWhoseCallsAreMeantAndWhatIsPrivateGoesFirst() {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(Kind.VIRTUAL_SERVICE, "shop", "all", redirect("'orders'", "all"))
            .add(
                Kind.VIRTUAL_SERVICE,
                "web",
                "own",
                "{hosts: ['orders.shop'], exportTo: ['.'],"
                    + " http: [{name: 'own', redirect: {uri: '/b'}}]}");

    assertThat(mesh.errors()).isEmpty();
    assertThat(routeOf(mesh, "shop/orders", "web")).isEqualTo("own");
    assertThat(routeOf(mesh, "shop/orders", "elsewhere")).isEqualTo("all");
  }

  @Test
  void theLongestWildcardHoldsWhereNoNameDoes() {
    Mesh mesh =
        Mesh.with("shop/orders", "shop/stock", "web/page")
            .add(Kind.VIRTUAL_SERVICE, "shop", "any", redirect("'*'", "any"))
            .add(
                Kind.VIRTUAL_SERVICE,
                "shop",
                "shop",
                redirect("'*.shop.svc.cluster.local'", "shop"))
            .add(Kind.VIRTUAL_SERVICE, "shop", "orders", redirect("'orders'", "orders"));

    assertThat(routeOf(mesh, "shop/orders", "shop")).isEqualTo("orders");
    assertThat(routeOf(mesh, "shop/stock", "shop")).isEqualTo("shop");
    assertThat(routeOf(mesh, "web/page", "shop")).isEqualTo("any");
  }

  @Test
  void aHostThatNobodyServesBecomesAServiceOfItsOwn() {
    Policies policies =
        Mesh.with("shop/orders")
            .add(Kind.VIRTUAL_SERVICE, "shop", "x", redirect("'api.example.com'", "r"))
            .policies();

    ServiceId id = new ServiceId("shop", "api.example.com");
    assertThat(policies.declared()).containsExactly(id);
    assertThat(MeshNames.named(id).hosts).containsExactly("api.example.com");
  }

  @Test
  void theCallersOwnRuleGoesBeforeTheServicesAndThatBeforeTheRoots() {
    Mesh mesh =
        Mesh.with("shop/orders", "shop/stock", "web/page")
            .add(Kind.DESTINATION_RULE, "istio-system", "all", rule("*.local", 3))
            .add(Kind.DESTINATION_RULE, "shop", "orders", rule("orders", 2))
            .add(Kind.DESTINATION_RULE, "web", "orders", rule("orders.shop", 1));

    assertThat(mesh.policy("shop/orders", "web").traffic.limits.maxRequests).isEqualTo(1);
    assertThat(mesh.policy("shop/orders", "x").traffic.limits.maxRequests).isEqualTo(2);
    assertThat(mesh.policy("shop/stock", "x").traffic.limits.maxRequests).isEqualTo(3);
  }

  @Test
  void aRuleMayBeForSomeCallersOfItsNamespaceAlone() {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(
                Kind.DESTINATION_RULE,
                "shop",
                "some",
                "{host: 'orders', workloadSelector: {matchLabels: {app: 'web'}}," + limit(7) + "}");
    Policies policies = mesh.policies();

    assertThat(maxRequests(policies, new Caller("shop", Map.of("app", "web")))).isEqualTo(7);
    assertThat(maxRequests(policies, new Caller("shop", Map.of("app", "job")))).isZero();
    assertThat(maxRequests(policies, new Caller("other", Map.of("app", "web")))).isZero();
  }

  private static int maxRequests(Policies policies, Caller caller) {
    TrafficPolicy traffic =
        policies.compile(new ServiceId("shop", "orders"), caller).settings().policy.traffic;
    return traffic.limits.maxRequests;
  }

  private static String rule(String host, int requests) {
    return "{host: '" + host + "', " + limit(requests) + "}";
  }

  private static String limit(int requests) {
    return "trafficPolicy: {connectionPool: {http: {http2MaxRequests: " + requests + "}}}";
  }

  @Test
  void twoForOneHostAndTheSameCallersContradictEachOther() {
    Mesh mesh =
        Mesh.with("shop/orders")
            .add(Kind.VIRTUAL_SERVICE, "shop", "one", redirect("'orders'", "r"))
            .add(Kind.VIRTUAL_SERVICE, "web", "two", redirect("'x', 'orders.shop'", "r"));

    assertThat(mesh.errors())
        .singleElement()
        .asString()
        .startsWith("spec.hosts[1]: means shop/orders, which VirtualService shop/one already");
  }

  @Test
  void bothDialectsOnOneServiceContradictEachOther() {
    String route =
        "{parentRefs: [{group: '', kind: 'Service', name: 'orders'}],"
            + " rules: [{backendRefs: [{name: 'orders', port: 80}]}]}";
    Mesh routeSecond =
        Mesh.with("shop/orders")
            .add(Kind.VIRTUAL_SERVICE, "shop", "one", redirect("'orders'", "r"))
            .add(Kind.HTTP_ROUTE, "shop", "two", route);
    Mesh routeFirst =
        Mesh.with("shop/orders")
            .add(Kind.HTTP_ROUTE, "shop", "two", route)
            .add(Kind.VIRTUAL_SERVICE, "shop", "one", redirect("'orders'", "r"));

    assertThat(routeSecond.errors())
        .singleElement()
        .asString()
        .contains("VirtualService shop/one already routes in the other dialect");
    assertThat(routeFirst.errors())
        .singleElement()
        .asString()
        .contains("HTTPRoute shop/two already routes in the other dialect");
  }

  @Test
  void whatOneChangeDoesNotTouchKeepsItsSignature() {
    Mesh mesh =
        Mesh.with("shop/orders", "shop/stock")
            .add(Kind.VIRTUAL_SERVICE, "shop", "orders", redirect("'orders'", "r"))
            .add(Kind.DESTINATION_RULE, "shop", "stock", rule("stock", 1));
    Policies before = mesh.policies();
    mesh.add(Kind.DESTINATION_RULE, "shop", "orders", rule("orders", 1));
    Policies after = before.next(mesh.set(), java.util.List.of(orders(), stock()));
    Caller caller = new Caller("shop", Map.of());

    assertThat(after.signature(after.inputs(stock(), caller)))
        .isEqualTo(before.signature(before.inputs(stock(), caller)));
    assertThat(after.signature(after.inputs(orders(), caller)))
        .isNotEqualTo(before.signature(before.inputs(orders(), caller)));
  }

  private static ServiceId orders() {
    return new ServiceId("shop", "orders");
  }

  private static ServiceId stock() {
    return new ServiceId("shop", "stock");
  }
}
