package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayRouteTest {
  private static final String PARENT = "{group: '', kind: 'Service', name: 'orders'}";
  private static final String BACKEND = "backendRefs: [{name: 'orders', port: 80}]";

  private static Mesh route(Kind kind, String rules) {
    return Mesh.with("shop/orders", "shop/stock", "other/audit")
        .add(kind, "shop", "r", "{parentRefs: [" + PARENT + "], rules: [" + rules + "]}");
  }

  private static List<Route> routes(Kind kind, String rules) {
    Mesh mesh = route(kind, rules);
    assertThat(mesh.errors()).isEmpty();
    return mesh.policy("shop/orders", "shop").routes;
  }

  private static Route rule(String fields) {
    return routes(Kind.HTTP_ROUTE, "{" + fields + "}").get(0);
  }

  @Test
  void matchesAreTakenAndOrderedBySpecificity() {
    Mesh mesh =
        route(
            Kind.HTTP_ROUTE,
            "{matches: [{path: {value: '/a'}, method: 'GET', headers: [{name: 'x', value: '1'},"
                + " {name: 'X', value: '2'}, {name: 'y', type: 'RegularExpression', value: 'a+'}],"
                + " queryParams: [{name: 'q', value: '3'}]}, {path: {type: 'Exact', value: '/b'}}],"
                + BACKEND
                + "}");
    ServicePolicy policy = mesh.policy("shop/orders", "shop");

    Match.Builder expected = new Match.Builder();
    expected.path = StringMatch.pathPrefix("/a");
    expected.method = StringMatch.exact("GET");
    expected.headers =
        List.of(
            new NamedMatch("x", StringMatch.exact("1")),
            new NamedMatch("y", StringMatch.regex("a+")));
    expected.query = List.of(new NamedMatch("q", StringMatch.exact("3")));
    assertThat(policy.order).isEqualTo(ServicePolicy.Order.MOST_SPECIFIC);
    assertThat(policy.routes.get(0).matches.get(0)).isEqualTo(expected.build());
    assertThat(policy.routes.get(0).matches.get(1).path).isEqualTo(StringMatch.exact("/b"));
    assertThat(mesh.warnings()).singleElement().asString().contains("only the first counts");
  }

  @Test
  void gRpcMethodsAreMatched() {
    Match match =
        routes(
                Kind.GRPC_ROUTE,
                "{matches: [{method: {service: 'shop.Orders', method: 'Get'},"
                    + " headers: [{name: 'v', value: '2'}]}], "
                    + BACKEND
                    + "}")
            .get(0)
            .matches
            .get(0);

    assertThat(match.grpcService).isEqualTo(StringMatch.exact("shop.Orders"));
    assertThat(match.grpcMethod).isEqualTo(StringMatch.exact("Get"));
    assertThat(match.headers).hasSize(1);
  }

  @Test
  void backendsHaveWeightsPortsAndFiltersOfTheirOwn() {
    Route route =
        rule(
            "backendRefs: [{name: 'orders', port: 80, weight: 9}, {name: 'stock', port: 9090,"
                + " filters: [{type: 'RequestHeaderModifier',"
                + " requestHeaderModifier: {set: [{name: 'X-A', value: '1'}], remove: ['b']}}]}]");

    assertThat(route.destinations).extracting(d -> d.weight).containsExactly(9, 1);
    assertThat(route.destinations.get(0).service).isNull();
    assertThat(route.destinations.get(1).service).isEqualTo(new ServiceId("shop", "stock"));
    assertThat(route.destinations.get(1).port).isEqualTo(9090);
    assertThat(route.destinations.get(1).requestHeaders)
        .isEqualTo(new HeaderOps(Map.of("x-a", "1"), Map.of(), List.of("b")));
  }

  @Test
  void filtersRewriteRedirectAndMirror() {
    Route rewritten =
        rule(
            "matches: [{path: {value: '/a'}}], filters: [{type: 'URLRewrite', urlRewrite:"
                + " {hostname: 'h', path: {type: 'ReplacePrefixMatch', replacePrefixMatch: '/b'}}},"
                + " {type: 'RequestMirror', requestMirror: {backendRef: {name: 'stock', port: 80},"
                + " fraction: {numerator: 1, denominator: 8}}}], "
                + BACKEND);
    assertThat(rewritten.rewrite).isEqualTo(new Rewrite("", "/b", "", "", "h"));
    assertThat(rewritten.mirrors)
        .singleElement()
        .satisfies(mirror -> assertThat(mirror.percent).isEqualTo(12.5));

    assertThat(
            rule("filters: [{type: 'RequestRedirect', requestRedirect: {scheme: 'https',"
                    + " path: {type: 'ReplaceFullPath', replaceFullPath: '/x'},"
                    + " statusCode: 301}}]")
                .redirect)
        .isEqualTo(new Redirect(301, "https", "", 0, "/x", ""));
  }

  @Test
  void timeoutsAndRetriesAreTaken() {
    Route route =
        rule(
            "timeouts: {request: '3s', backendRequest: '1s'}, retry: {codes: [503], attempts: 4,"
                + " backoff: '100ms'}, "
                + BACKEND);

    assertThat(route.timeoutNanos).isEqualTo(TimeUnit.SECONDS.toNanos(3));
    assertThat(route.retry.retries).isEqualTo(4);
    assertThat(route.retry.statuses).containsExactly(503);
    assertThat(route.retry.perTryTimeoutNanos).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(route.retry.backoffBaseNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(route.retry.conditions).contains(RetryOn.CONNECT_FAILURE, RetryOn.RESET);
  }

  @Test
  void aPortOfTheParentNarrowsEveryRule() {
    List<Route> routes =
        Mesh.with("shop/orders")
            .add(
                Kind.HTTP_ROUTE,
                "shop",
                "r",
                "{parentRefs: [{group: '', kind: 'Service', name: 'orders', port: 8080}],"
                    + " rules: [{"
                    + BACKEND
                    + "}]}")
            .policy("shop/orders", "shop")
            .routes;

    assertThat(routes.get(0).matches)
        .singleElement()
        .satisfies(match -> assertThat(match.port).isEqualTo(8080));
  }

  @Test
  void aConsumersRouteHoldsForItsNamespaceAndGoesBeforeTheProducers() {
    Mesh mesh =
        route(Kind.HTTP_ROUTE, "{name: 'producer', " + BACKEND + "}")
            .add(
                Kind.HTTP_ROUTE,
                "web",
                "c",
                "{parentRefs: [{group: '', kind: 'Service', name: 'orders', namespace: 'shop'}],"
                    + " rules: [{name: 'consumer', filters: [{type: 'RequestRedirect',"
                    + " requestRedirect: {hostname: 'x'}}]}]}");

    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.policy("shop/orders", "web").routes.get(0).name).isEqualTo("consumer");
    assertThat(mesh.policy("shop/orders", "x").routes.get(0).name).isEqualTo("producer");
  }

  @Test
  void theOlderRouteGoesFirst() {
    Mesh mesh =
        route(Kind.HTTP_ROUTE, "{name: 'z', " + BACKEND + "}")
            .add(
                Kind.HTTP_ROUTE,
                "shop",
                "a",
                "{parentRefs: [" + PARENT + "], rules: [{name: 'a', " + BACKEND + "}]}");

    assertThat(mesh.policy("shop/orders", "shop").routes)
        .extracting(r -> r.name)
        .containsExactly("z", "a");
  }

  @Test
  void anotherNamespacesServiceNeedsAGrant() {
    Mesh mesh =
        route(
            Kind.HTTP_ROUTE,
            "{backendRefs: [{name: 'audit', namespace: 'other', port: 80},"
                + " {name: 'orders', port: 80}]}");
    assertThat(mesh.warnings()).singleElement().asString().contains("no ReferenceGrant in");
    assertThat(mesh.policy("shop/orders", "shop").routes.get(0).destinations.get(0).subset)
        .isNotEmpty();

    mesh.add(
        Kind.REFERENCE_GRANT,
        "other",
        "g",
        "{from: [{group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop'}],"
            + " to: [{group: '', kind: 'Service', name: 'audit'}]}");
    assertThat(mesh.policy("shop/orders", "shop").routes.get(0).destinations.get(0).subset)
        .isEmpty();
  }

  @Test
  void whatLeadsToNobodyIsAnsweredWith500() {
    Route route =
        route(Kind.HTTP_ROUTE, "{backendRefs: [{name: 'ghost', port: 80}]}")
            .policy("shop/orders", "shop")
            .routes
            .get(0);

    assertThat(route.response.status).isEqualTo(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {backendRefs: [{name: 'orders'}]}                        | backendRefs[0].port: is missing
          {backendRefs: [{kind: 'Secret', name: 'a', port: 1}]}    | backendRefs[0].kind: is not obeyed
          {filters: [{type: 'ExtensionRef', extensionRef: {}}]}    | filters[0].type: is not obeyed
          {filters: [{type: 'RequestRedirect'}]}                   | filters[0].requestRedirect: is missing
          {sessionPersistence: {}}                                 | sessionPersistence: is not obeyed
          {timeouts: {request: '1.5s'}}                            | timeouts.request: is no duration
          {timeouts: {request: '1s', backendRequest: '2s'}}        | timeouts.backendRequest: is longer than request
          {retry: {codes: [200]}}                                  | retry.codes[0]: write a whole number from 400
          {matches: [{path: {type: 'Exact', value: 'a'}}]}         | matches[0].path.value: is no path
          {matches: [{method: 'get'}]}                             | matches[0].method: is no method
          {matches: [{path: {type: 'Exact', value: '/a'}}], filters: [{type: 'URLRewrite', urlRewrite: {path: {type: 'ReplacePrefixMatch', replacePrefixMatch: '/'}}}]} | filters: replace the matched prefix
          """)
  void whatCannotBeObeyedIsRefusedWithItsPath(String rule, String error) {
    assertThat(route(Kind.HTTP_ROUTE, rule).errors())
        .anySatisfy(e -> assertThat(e).startsWith("spec.rules[0]." + error));
  }

  @Test
  void aMeshHasNoGateways() {
    assertThat(
            Mesh.with()
                .add(
                    Kind.HTTP_ROUTE,
                    "shop",
                    "r",
                    "{parentRefs: [{name: 'edge'}], hostnames: ['a.b'], rules: [{}]}")
                .errors())
        .satisfiesExactlyInAnyOrder(
            e -> assertThat(e).startsWith("spec.parentRefs[0].kind: is Gateway of group"),
            e -> assertThat(e).startsWith("spec.hostnames: are for gateways"));
  }
}
