package dev.meshagent.engine.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.TestRequest;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.ServicePolicy.Order;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases from Istio's VirtualService reference and Gateway API's rules of precedence. */
final class RouterTest {
  private static final Source WEB = new Source("shop", Collections.singletonMap("app", "web"));

  private static Match.Builder match() {
    return new Match.Builder();
  }

  private static Route route(String name, Match.Builder... matches) {
    Route.Builder route = new Route.Builder().name(name);
    for (Match.Builder match : matches) {
      route.match(match.build());
    }
    return route.build();
  }

  private static Router router(Order order, Route... routes) {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.order = order;
    for (Route route : routes) {
      policy.route(route);
    }
    return new Router(policy.build());
  }

  private static String taken(Router router, TestRequest request) {
    Rule rule = router.match(request, WEB);
    return rule == null ? null : rule.route.name;
  }

  private static TestRequest get(String path) {
    return TestRequest.get("http://orders" + path);
  }

  /** The same answer as asking the rules one by one, which is what the index must not change. */
  private static String oneByOne(Router router, TestRequest request) {
    for (Rule rule : router.rules()) {
      if (Router.failing(rule, request, WEB) == null) {
        return rule.route.name;
      }
    }
    return null;
  }

  @ParameterizedTest
  @CsvSource({
    "/exact, exact",
    "/exact?q=1, exact",
    "/exact/, rest",
    "/pre, prefix",
    "/prefixed, prefix",
    "/pr, rest",
    "/v1, element",
    "/v1/x, element",
    "/v12, rest",
    "/items/42, regex",
    "/items/42/x, rest",
    "/CASE, nocase",
  })
  void pathsMatchByTheirKind(String path, String expected) {
    Router router =
        router(
            Order.FIRST,
            route("exact", match().path(StringMatch.exact("/exact"))),
            route("prefix", match().path(StringMatch.prefix("/pre"))),
            route("element", match().path(StringMatch.pathPrefix("/v1/"))),
            route("regex", match().path(StringMatch.regex("/items/\\d+"))),
            route("nocase", ignoringCase(match().path(StringMatch.exact("/case")))),
            route("rest"));
    assertThat(taken(router, get(path))).isEqualTo(expected);
    assertThat(oneByOne(router, get(path))).isEqualTo(expected);
  }

  private static Match.Builder ignoringCase(Match.Builder match) {
    match.ignorePathCase = true;
    return match;
  }

  @ParameterizedTest
  @CsvSource({"/a/b/c, first", "/a/b, second", "/a, second", "/b, "})
  void inAVirtualServiceTheFirstMatchWins(String path, String expected) {
    Router router =
        router(
            Order.FIRST,
            route("first", match().path(StringMatch.prefix("/a/b/"))),
            route("second", match().path(StringMatch.prefix("/a"))),
            route("never", match().path(StringMatch.exact("/a/b"))));
    assertThat(taken(router, get(path))).isEqualTo(expected);
  }

  @Test
  void oneMatchOfARouteMustFitAndAllOfItsConditions() {
    Router router =
        router(
            Order.FIRST,
            route(
                "r",
                match().path(StringMatch.prefix("/a")).header("x", StringMatch.exact("1")),
                match().method("POST")));
    assertThat(taken(router, get("/a").header("X", "1"))).isEqualTo("r");
    assertThat(taken(router, get("/a"))).isNull();
    assertThat(taken(router, get("/b").method("POST"))).isEqualTo("r");
  }

  @ParameterizedTest
  @CsvSource({
    "present, GET, /, x-user, anna, true",
    "present, GET, /, other, anna, false",
    "absent, GET, /, x-old, 1, false",
    "absent, GET, /, x-new, 1, true",
    "query, GET, /?q=a%20b, none, 0, true",
    "query, GET, /?p=1&q=a+b, none, 0, true",
    "query, GET, /?q=c, none, 0, false",
    "query, GET, /?qq=a%20b, none, 0, false",
    "method, DELETE, /, none, 0, true",
    "method, GET, /, none, 0, false",
    "source, GET, /, none, 0, true",
    "stranger, GET, /, none, 0, false",
    "port, GET, /, none, 0, true",
    "authority, GET, /, none, 0, true",
    "scheme, GET, /, none, 0, false",
  })
  void eachConditionIsObeyed(
      String condition, String method, String path, String header, String value, boolean fits) {
    Match.Builder match = match();
    switch (condition) {
      case "present":
        match.header("x-user", StringMatch.ANY);
        break;
      case "absent":
        match.withoutHeaders.add(new NamedMatch("x-old", StringMatch.ANY));
        break;
      case "query":
        match.query("q", StringMatch.exact("a b"));
        break;
      case "method":
        match.method("DELETE");
        break;
      case "source":
        match.sourceLabels.put("app", "web");
        match.sourceNamespace = "shop";
        break;
      case "stranger":
        match.sourceLabels.put("app", "api");
        break;
      case "port":
        match.port = 80;
        break;
      case "authority":
        match.authority = StringMatch.exact("ORDERS");
        break;
      default:
        match.scheme = StringMatch.exact("https");
    }
    Router router = router(Order.FIRST, route("r", match));
    TestRequest request = get(path).method(method).header(header, value);
    assertThat(taken(router, request) != null).isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "/foo/bar, GET, , exact",
    "/foo/bar/x, GET, , longer",
    "/foo/x, GET, , shorter",
    "/other, GET, , all",
    "/other, POST, , method",
    "/other, POST, 1, method",
    "/other, GET, 1, header",
    "/other?q=1, GET, , query",
    "/other?q=1, GET, 1, header",
  })
  void inAnHttpRouteTheMostSpecificWins(
      String path, String method, String header, String expected) {
    Router router =
        router(
            Order.MOST_SPECIFIC,
            route("all", match().path(StringMatch.pathPrefix("/"))),
            route("query", match().path(StringMatch.pathPrefix("/")).query("q", StringMatch.ANY)),
            route(
                "header",
                match().path(StringMatch.pathPrefix("/")).header("h", StringMatch.exact("1"))),
            route("method", match().path(StringMatch.pathPrefix("/")).method("POST")),
            route("shorter", match().path(StringMatch.pathPrefix("/foo"))),
            route("longer", match().path(StringMatch.pathPrefix("/foo/bar"))),
            route("exact", match().path(StringMatch.exact("/foo/bar"))));
    TestRequest request = get(path).method(method);
    if (header != null) {
      request.header("h", header);
    }
    assertThat(taken(router, request)).isEqualTo(expected);
  }

  @Test
  void amongEquallySpecificTheOneNamedFirstWins() {
    Router router =
        router(
            Order.MOST_SPECIFIC,
            route("older", match().path(StringMatch.exact("/a"))),
            route("newer", match().path(StringMatch.exact("/a"))));
    assertThat(taken(router, get("/a"))).isEqualTo("older");
  }

  @ParameterizedTest
  @CsvSource({
    "/shop.Orders/Get, method",
    "/shop.Orders/List, service",
    "/shop.Other/Get, any",
  })
  void inAGrpcRouteServiceThenMethodDecide(String path, String expected) {
    Match.Builder service = match();
    service.grpcService = StringMatch.exact("shop.Orders");
    Match.Builder method = match();
    method.grpcService = StringMatch.exact("shop.Orders");
    method.grpcMethod = StringMatch.exact("Get");
    Router router =
        router(
            Order.MOST_SPECIFIC, route("any"), route("service", service), route("method", method));
    assertThat(taken(router, get(path).asGrpc())).isEqualTo(expected);
  }

  @Test
  void aHundredRoutesAnswerAsIfAskedOneByOne() {
    Route[] routes = new Route[100];
    for (int i = 0; i < routes.length; i++) {
      StringMatch path =
          i % 3 == 0
              ? StringMatch.prefix("/p" + i % 7)
              : i % 3 == 1 ? StringMatch.pathPrefix("/p" + i % 5) : StringMatch.exact("/p" + i);
      Match.Builder match = match().path(path);
      if (i % 4 == 0) {
        match.header("x", StringMatch.exact("" + i % 8));
      }
      routes[i] = route("r" + i, match);
    }
    for (Order order : Order.values()) {
      Router router = router(order, routes);
      for (int i = 0; i < 200; i++) {
        TestRequest request = get("/p" + i % 40 + (i % 2 == 0 ? "/x" : "")).header("x", "" + i % 9);
        assertThat(taken(router, request)).isEqualTo(oneByOne(router, request));
      }
    }
  }

  @Test
  void aRegularExpressionTakesLinearTimeOnAnyInput() {
    Router router = router(Order.FIRST, route("evil", match().path(StringMatch.regex("/(a+)+b"))));
    StringBuilder path = new StringBuilder("/");
    for (int i = 0; i < 10_000; i++) {
      path.append('a');
    }
    Assertions.assertTimeout(
        Duration.ofSeconds(60), () -> assertThat(taken(router, get(path.toString()))).isNull());
  }
}
