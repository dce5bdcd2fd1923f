package dev.meshagent.controller.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.store.Kind;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualServiceTest {
  private static final String TO_ORDERS = "route: [{destination: {host: 'orders'}}]";

  /** A mesh with one VirtualService for orders, with these http routes. */
  private static Mesh http(String routes) {
    return Mesh.with("shop/orders", "shop/stock", "other/audit")
        .add(Kind.VIRTUAL_SERVICE, "shop", "orders", "{hosts: ['orders'], http: [" + routes + "]}");
  }

  private static List<Route> routes(String routes) {
    Mesh mesh = http(routes);
    assertThat(mesh.errors()).isEmpty();
    return mesh.policy("shop/orders", "shop").routes;
  }

  private static Route route(String fields) {
    return routes("{" + TO_ORDERS + "," + fields + "}").get(0);
  }

  private static Match match(String fields) {
    return route("match: [{" + fields + "}]").matches.get(0);
  }

  @Test
  void weightsAreSharesAndDestinationsAreOtherServicesOrTheCalledOne() {
    Route route =
        routes(
                "{route: [{destination: {host: 'orders.shop.svc.cluster.local', subset: 'v1'},"
                    + " weight: 90}, {destination: {host: 'audit.other', port: {number: 9090}},"
                    + " weight: 10}]}")
            .get(0);

    assertThat(route.destinations)
        .extracting(d -> d.service, d -> d.subset, d -> d.port, d -> d.weight)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(null, "v1", 0, 90),
            org.assertj.core.groups.Tuple.tuple(new ServiceId("other", "audit"), "", 9090, 10));
  }

  @Test
  void theOnlyDestinationTakesEverythingWhateverItsWeight() {
    assertThat(routes("{route: [{destination: {host: 'stock'}, weight: 0}]}"))
        .singleElement()
        .satisfies(
            route ->
                assertThat(route.destinations)
                    .singleElement()
                    .satisfies(
                        to -> {
                          assertThat(to.weight).isEqualTo(1);
                          assertThat(to.service).isEqualTo(new ServiceId("shop", "stock"));
                        }));
  }

  @Test
  void everyConditionOfAMatchIsTaken() {
    Match match =
        match(
            "uri: {prefix: '/a'}, ignoreUriCase: true, scheme: {exact: 'http'},"
                + " method: {exact: 'GET'}, authority: {regex: 'ord.*'},"
                + " headers: {end-user: {exact: 'jason'}, x-beta: {}},"
                + " withoutHeaders: {x-old: {prefix: 'y'}}, queryParams: {q: {regex: 'a+'}},"
                + " port: 80, sourceLabels: {app: 'web'}, sourceNamespace: 'shop',"
                + " gateways: ['mesh']");

    Match.Builder expected = new Match.Builder();
    expected.path = StringMatch.prefix("/a");
    expected.ignorePathCase = true;
    expected.scheme = StringMatch.exact("http");
    expected.method = StringMatch.exact("GET");
    expected.authority = StringMatch.regex("ord.*");
    expected.headers =
        List.of(
            new NamedMatch("end-user", StringMatch.exact("jason")),
            new NamedMatch("x-beta", StringMatch.ANY));
    expected.withoutHeaders = List.of(new NamedMatch("x-old", StringMatch.prefix("y")));
    expected.query = List.of(new NamedMatch("q", StringMatch.regex("a+")));
    expected.port = 80;
    expected.sourceLabels = Map.of("app", "web");
    expected.sourceNamespace = "shop";
    assertThat(match).isEqualTo(expected.build());
  }

  @Test
  void aNamedMatchIsARouteOfItsOwn() {
    List<Route> routes =
        routes(
            "{name: 'all', match: [{uri: {exact: '/a'}}, {name: 'b', uri: {exact: '/b'}},"
                + " {uri: {exact: '/c'}}],"
                + TO_ORDERS
                + "}");

    assertThat(routes).extracting(r -> r.name).containsExactly("all", "all.b", "all");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1h30m  | 5400000000000
          1.5s   | 1500000000
          250ms  | 250000000
          0s     | 0
          """)
  void timeoutsAreDurations(String text, long nanos) {
    assertThat(route("timeout: '" + text + "'").timeoutNanos).isEqualTo(nanos);
  }

  @Test
  void retriesAreObeyedToTheLetter() {
    RetryPolicy retry =
        route(
                "retries: {attempts: 3, perTryTimeout: '2s', retryOn: '5xx,429,reset',"
                    + " retryRemoteLocalities: true, retryIgnorePreviousHosts: false,"
                    + " backoff: '10ms'}")
            .retry;

    assertThat(retry)
        .isEqualTo(
            new RetryPolicy(
                3,
                java.util.EnumSet.of(RetryOn.FIVE_XX, RetryOn.RESET),
                java.util.Set.of(429),
                TimeUnit.SECONDS.toNanos(2),
                TimeUnit.MILLISECONDS.toNanos(10),
                TimeUnit.MILLISECONDS.toNanos(100),
                false,
                true));
    assertThat(route("retries: {attempts: 0}").retry).isEqualTo(RetryPolicy.NEVER);
    assertThat(route("timeout: '1s'").retry).isNull();
    assertThat(route("retries: {attempts: 1}").retry.conditions)
        .containsExactlyInAnyOrder(
            RetryOn.CONNECT_FAILURE,
            RetryOn.REFUSED_STREAM,
            RetryOn.UNAVAILABLE,
            RetryOn.CANCELLED);
  }

  @Test
  void faultsAreForAShareOfTheCalls() {
    var fault =
        route(
                "fault: {delay: {fixedDelay: '7s', percentage: {value: 12.5}},"
                    + " abort: {grpcStatus: 'UNAVAILABLE', percentage: {value: 100}}}")
            .fault;

    assertThat(fault.delayNanos).isEqualTo(TimeUnit.SECONDS.toNanos(7));
    assertThat(fault.delayPercent).isEqualTo(12.5);
    assertThat(fault.abortStatus).isZero();
    assertThat(fault.abortGrpcStatus).isEqualTo(14);
    assertThat(fault.abortPercent).isEqualTo(100);
  }

  @Test
  void aFaultWithoutPercentageConcernsNobodyAndIsWarnedOf() {
    Mesh mesh = http("{" + TO_ORDERS + ", fault: {abort: {httpStatus: 500}}}");

    assertThat(mesh.policy("shop/orders", "shop").routes.get(0).fault.abortPercent).isZero();
    assertThat(mesh.warnings())
        .singleElement()
        .asString()
        .startsWith("spec.http[0].fault.abort.percentage: is missing");
  }

  @Test
  void mirrorsRewritesHeadersAndNamesAreTaken() {
    Route route =
        route(
            "name: 'n', mirror: {host: 'stock'}, mirrorPercentage: {value: 5},"
                + " rewrite: {uri: '/b', authority: 'b.example'},"
                + " headers: {request: {set: {X-A: '100%%'}, remove: ['x-b']},"
                + " response: {add: {x-c: '1'}}}");

    assertThat(route.name).isEqualTo("n");
    assertThat(route.mirrors)
        .singleElement()
        .satisfies(
            mirror -> {
              assertThat(mirror.percent).isEqualTo(5);
              assertThat(mirror.destination.service).isEqualTo(new ServiceId("shop", "stock"));
            });
    assertThat(route.rewrite.prefix).isEqualTo("/b");
    assertThat(route.rewrite.authority).isEqualTo("b.example");
    assertThat(route.requestHeaders)
        .isEqualTo(new HeaderOps(Map.of("x-a", "100%"), Map.of(), List.of("x-b")));
    assertThat(route.responseHeaders)
        .isEqualTo(new HeaderOps(Map.of(), Map.of("x-c", "1"), List.of()));
  }

  @Test
  void redirectsAndDirectResponsesNeedNoServer() {
    assertThat(
            routes("{redirect: {uri: '/v2', authority: 'b.example:8443', redirectCode: 302}}")
                .get(0)
                .redirect)
        .isEqualTo(new Redirect(302, "", "b.example", 8443, "/v2", ""));

    var response =
        routes(
                "{directResponse: {status: 503, body: {string: 'closed'}},"
                    + " headers: {response: {set: {retry-after: '60'}}}}")
            .get(0)
            .response;
    assertThat(response.status).isEqualTo(503);
    assertThat(response.body).isEqualTo("closed");
    assertThat(response.headers).containsExactly(Map.entry("retry-after", "60"));
  }

  @Test
  void annotationsSayWhatNoFieldCan() {
    ServicePolicy policy =
        Mesh.with("shop/orders")
            .add(
                Kind.VIRTUAL_SERVICE,
                "shop",
                "orders",
                "{hosts: ['orders'], http: [{" + TO_ORDERS + "}]}",
                Map.of(
                    "mesh-agent.dev/hedge-after", "p95",
                    "mesh-agent.dev/hedge-attempts", "2",
                    "mesh-agent.dev/sticky", "cookie:user"))
            .policy("shop/orders", "shop");

    assertThat(policy.routes.get(0).hedge).isEqualTo(new Hedge(0, 2));
    assertThat(policy.routes.get(0).sticky).isEqualTo(new HashKey(HashKey.Source.COOKIE, "user"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                          | http[0]: write exactly one of route, redirect, directResponse
          {route: []}                                                 | http[0].route: is empty
          {route: [{destination: {host: 'orders'}, weight: -1}]}      | http[0].route[0].weight: write a whole number from 0
          {route: [{destination: {host: 'a'}, weight: 0}, {destination: {host: 'b'}}]} | http[0].route: has no weight at all
          {route: [{destination: {host: '*.a'}}]}                     | http[0].route[0].destination.host: is a wildcard
          {route: [{weight: 1}]}                                      | http[0].route[0].destination: is missing
          {match: [], redirect: {uri: '/a'}}                          | http[0].match: is empty
          {match: [{uri: {regex: '(?=a)'}}], redirect: {uri: '/a'}}   | http[0].match[0].uri.regex: is no regular expression in RE2
          {match: [{uri: {exact: 'a', prefix: 'b'}}], redirect: {uri: '/a'}} | http[0].match[0].uri: write exactly one of
          {match: [{gateways: ['edge']}], redirect: {uri: '/a'}}      | http[0].match[0].gateways: names the gateway 'edge'
          {match: [{statPrefix: 'x'}], redirect: {uri: '/a'}}         | http[0].match[0].statPrefix: is not obeyed
          {match: [{headers: {':path': {exact: '/'}}}], redirect: {uri: '/a'}} | http[0].match[0].headers[":path"]: is no name of a header
          {redirect: {}}                                              | http[0].redirect: leads nowhere else
          {redirect: {uri: 'a'}}                                      | http[0].redirect.uri: is no path
          {redirect: {uri: '/a'}, timeout: '1s'}                      | http[0].timeout: is not obeyed
          {redirect: {uri: '/a'}, fault: {abort: {httpStatus: 500}}}  | http[0].fault: is not obeyed
          {directResponse: {status: 99}}                              | http[0].directResponse.status: write a whole number from 200 to 599
          {redirect: {uri: '/a'}, corsPolicy: {}}                     | http[0].corsPolicy: is not obeyed
          {redirect: {uri: '/a'}, delegate: {name: 'x'}}              | http[0].delegate: is not obeyed
          {redirect: {uri: '/a'}, frobnicate: 1}                      | http[0].frobnicate: is not obeyed
          {route: [{destination: {host: 'orders'}}], timeout: '5'}    | http[0].timeout: is no duration
          {route: [{destination: {host: 'orders'}}], retries: {attempts: 1, retryOn: 'often'}} | http[0].retries.retryOn: 'often' is no condition
          {route: [{destination: {host: 'orders'}}], retries: {}}     | http[0].retries.attempts: is missing
          {route: [{destination: {host: 'orders'}}], fault: {abort: {grpcStatus: 'TIRED'}}} | http[0].fault.abort.grpcStatus: is no status of gRPC
          {route: [{destination: {host: 'orders'}}], fault: {delay: {fixedDelay: '0s'}}} | http[0].fault.delay.fixedDelay: is too short
          {route: [{destination: {host: 'orders'}}], rewrite: {uri: '/a', uriRegexRewrite: {match: 'a'}}} | http[0].rewrite: write one of uri, uriRegexRewrite
          {route: [{destination: {host: 'orders'}}], headers: {request: {set: {host: 'x'}}}} | http[0].headers.request.set.host: the authority is changed by a rewrite
          {route: [{destination: {host: 'orders'}}], headers: {request: {set: {x: '%REQ(y)%'}}}} | http[0].headers.request.set.x: has one of Envoy's
          {route: [{destination: {host: 'orders'}}], mirror: {host: 'a'}, mirrors: []} | http[0].mirror: cannot stand beside mirrors
          """)
  void whatCannotBeObeyedIsRefusedWithItsPath(String route, String error) {
    assertThat(http(route).errors()).anySatisfy(e -> assertThat(e).startsWith("spec." + error));
  }

  @Test
  void hostsAreNamesAndNeverAddresses() {
    for (String host : List.of("10.0.0.1", "localhost", "or_ders", "-a")) {
      assertThat(
              Mesh.with()
                  .add(
                      Kind.VIRTUAL_SERVICE,
                      "shop",
                      "x",
                      "{hosts: ['" + host + "'], http: [{redirect: {uri: '/a'}}]}")
                  .errors())
          .singleElement()
          .asString()
          .startsWith("spec.hosts[0]: is ");
    }
  }

  @Test
  void whatLeadsToNobodyIsWarnedOf() {
    Mesh mesh =
        http(
            "{route: [{destination: {host: 'ghost'}, weight: 1},"
                + " {destination: {host: 'orders', subset: 'v9'}, weight: 1}]}");

    assertThat(mesh.errors()).isEmpty();
    assertThat(mesh.warnings()).hasSize(2);
    assertThat(mesh.warnings().get(0))
        .startsWith("spec.http[0].route[0].destination.host: no service shop/ghost is known");
    assertThat(mesh.warnings().get(1))
        .startsWith("spec.http[0].route[1].destination.subset: no DestinationRule for shop/orders");
  }
}
