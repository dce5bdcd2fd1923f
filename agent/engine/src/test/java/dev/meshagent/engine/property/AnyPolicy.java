package dev.meshagent.engine.property;

import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.policy.BalancePolicy;
import dev.meshagent.engine.snapshot.policy.Destination;
import dev.meshagent.engine.snapshot.policy.DirectResponse;
import dev.meshagent.engine.snapshot.policy.EjectionPolicy;
import dev.meshagent.engine.snapshot.policy.Fault;
import dev.meshagent.engine.snapshot.policy.HashKey;
import dev.meshagent.engine.snapshot.policy.HeaderOps;
import dev.meshagent.engine.snapshot.policy.Hedge;
import dev.meshagent.engine.snapshot.policy.Limits;
import dev.meshagent.engine.snapshot.policy.LocalityPolicy;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Mirror;
import dev.meshagent.engine.snapshot.policy.NamedMatch;
import dev.meshagent.engine.snapshot.policy.Redirect;
import dev.meshagent.engine.snapshot.policy.RetryOn;
import dev.meshagent.engine.snapshot.policy.RetryPolicy;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.SlowStart;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import dev.meshagent.engine.snapshot.policy.Subset;
import dev.meshagent.engine.snapshot.policy.TlsMode;
import dev.meshagent.engine.snapshot.policy.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Draws a policy in which every field that there is may be set. */
final class AnyPolicy {
  private static final String[] WORDS = {
    "orders", "x-user", "/a", "/api/v1", "v2", "eu", "b.c", "ü\"\\\n", "tenant"
  };

  private final Random random;

  AnyPolicy(Random random) {
    this.random = random;
  }

  ServicePolicy policy() {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    policy.routes = some(3, this::route);
    if (!policy.routes.isEmpty()) {
      // Without routes there is nothing to order, and the frame says nothing of it.
      policy.order = any(ServicePolicy.Order.values());
    }
    policy.traffic = traffic();
    if (random.nextBoolean()) {
      policy.portTraffic.put(1 + random.nextInt(65535), traffic());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      Map<Integer, TrafficPolicy> ports =
          random.nextBoolean()
              ? Collections.<Integer, TrafficPolicy>emptyMap()
              : Collections.singletonMap(1 + random.nextInt(65535), traffic());
      policy.subsets.add(
          new Subset("s" + i, words(), random.nextBoolean() ? null : traffic(), ports));
    }
    return policy.build();
  }

  private Route route() {
    Route.Builder route = new Route.Builder().name(word());
    route.matches = some(2, this::match);
    route.timeoutNanos = nanos();
    route.requestHeaders = headers();
    route.responseHeaders = headers();
    route.rewrite = maybe(() -> new Rewrite(text(), maybe(this::text), text(), "\\1", text()));
    route.retry = maybe(this::retry);
    route.fault =
        maybe(
            () ->
                new Fault(
                    percent(),
                    1 + nanos(),
                    percent(),
                    200 + random.nextInt(400),
                    random.nextInt(17)));
    route.mirrors = some(2, () -> new Mirror(destination(), percent()));
    route.hedge = maybe(() -> new Hedge(nanos(), 1 + random.nextInt(3)));
    route.sticky = maybe(this::hashKey);
    switch (random.nextInt(4)) {
      case 0:
        route.redirect =
            new Redirect(301 + random.nextInt(2), "https", word(), 8443, text(), text());
        break;
      case 1:
        route.response = new DirectResponse(200 + random.nextInt(400), words(), text());
        break;
      default:
        route.destinations = some(3, this::destination);
        break;
    }
    return route.build();
  }

  private Match match() {
    Match.Builder match = new Match.Builder();
    match.path = maybe(this::condition);
    match.ignorePathCase = match.path != null && random.nextBoolean();
    match.method = maybe(this::condition);
    match.scheme = maybe(this::condition);
    match.authority = maybe(this::condition);
    match.headers = some(2, this::named);
    match.withoutHeaders = some(2, this::named);
    match.query = some(2, this::named);
    match.port = random.nextBoolean() ? 0 : 1 + random.nextInt(65535);
    match.sourceLabels = words();
    match.sourceNamespace = random.nextBoolean() ? "" : "shop";
    match.grpcService = maybe(this::condition);
    match.grpcMethod = maybe(this::condition);
    return match.build();
  }

  private StringMatch condition() {
    StringMatch.Kind kind =
        any(
            StringMatch.Kind.EXACT,
            StringMatch.Kind.PREFIX,
            StringMatch.Kind.PATH_PREFIX,
            StringMatch.Kind.REGEX);
    return new StringMatch(kind, kind == StringMatch.Kind.REGEX ? "a+(b|c)" : word());
  }

  private NamedMatch named() {
    return new NamedMatch("x-name", random.nextInt(4) == 0 ? StringMatch.ANY : condition());
  }

  private Destination destination() {
    return new Destination(
        maybe(() -> new ServiceId("shop", "carts")),
        random.nextBoolean() ? "" : "s1",
        random.nextBoolean() ? 0 : 8080,
        random.nextInt(101),
        headers(),
        headers());
  }

  private RetryPolicy retry() {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    Set<Integer> statuses = new HashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      conditions.add(any(RetryOn.values()));
      statuses.add(400 + random.nextInt(200));
    }
    return new RetryPolicy(
        random.nextInt(5),
        conditions,
        statuses,
        nanos(),
        nanos(),
        nanos(),
        random.nextBoolean(),
        random.nextBoolean());
  }

  private TrafficPolicy traffic() {
    return new TrafficPolicy(
        balance(),
        new Limits(
            random.nextInt(9),
            random.nextInt(9),
            random.nextInt(9),
            random.nextInt(9),
            nanos(),
            nanos()),
        new EjectionPolicy(
            random.nextInt(9),
            random.nextInt(9),
            random.nextInt(9),
            random.nextBoolean(),
            1 + nanos(),
            1 + nanos(),
            1 + nanos(),
            random.nextInt(101),
            random.nextInt(101)),
        percent(),
        random.nextInt(20),
        any(TlsMode.values()));
  }

  private BalancePolicy balance() {
    return new BalancePolicy(
        any(BalancePolicy.Algorithm.values()),
        maybe(this::hashKey),
        1 + random.nextInt(5000),
        65537,
        maybe(() -> new SlowStart(1 + nanos(), 1 + random.nextInt(3), percent())),
        locality(),
        random.nextInt(30));
  }

  private LocalityPolicy locality() {
    Map<String, Integer> to = new TreeMap<>();
    to.put("eu/a", 80);
    to.put("eu/b/*", 20);
    return new LocalityPolicy(
        random.nextBoolean(),
        some(2, () -> new LocalityPolicy.Distribute("eu/*", to)),
        random.nextBoolean()
            ? Collections.<String, String>emptyMap()
            : Collections.singletonMap("eu", "us"));
  }

  private HashKey hashKey() {
    HashKey.Source source = any(HashKey.Source.values());
    return new HashKey(source, source == HashKey.Source.SOURCE_IP ? "" : "user");
  }

  private HeaderOps headers() {
    return random.nextInt(3) > 0
        ? HeaderOps.NONE
        : new HeaderOps(words(), words(), new ArrayList<>(words().keySet()));
  }

  Map<String, String> words() {
    Map<String, String> words = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      words.put("key" + random.nextInt(9), word());
    }
    return words;
  }

  private String word() {
    return any(WORDS);
  }

  /** A word or nothing. */
  private String text() {
    return random.nextBoolean() ? "" : any("/b", "c", "a+");
  }

  private long nanos() {
    return random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE) * 7L;
  }

  private double percent() {
    return random.nextInt(1001) / 10.0;
  }

  private <T> T maybe(Supplier<T> value) {
    return random.nextBoolean() ? null : value.get();
  }

  private <T> List<T> some(int most, Supplier<T> value) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      list.add(value.get());
    }
    return list;
  }

  @SafeVarargs
  private final <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }
}
