package dev.meshagent.bench.engine;

import dev.meshagent.engine.Engine;
import dev.meshagent.engine.EngineSettings;
import dev.meshagent.engine.Randomness;
import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.MeshCall;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.RequestHead;
import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.NameTable;
import dev.meshagent.engine.snapshot.NamedService;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.Match;
import dev.meshagent.engine.snapshot.policy.Route;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import dev.meshagent.engine.snapshot.policy.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** An engine as the agent makes it, on the real clock, with one service of a given size. */
final class Fixture {
  /**
   * Calls between two readings of the benchmark's clock: long beside such a reading, and short
   * beside a time slice, so that the median of the batches leaves out what else the machine does.
   */
  static final int BATCH = 64;

  static final ServiceId ORDERS = new ServiceId("shop", "orders");

  private static final Outcome OK = Outcome.response(200, -1);

  final Engine engine =
      new Engine(
          System::nanoTime,
          new ThreadRandomness(),
          new EngineSettings("shop", Locality.UNKNOWN, Map.of(), System.nanoTime()),
          service -> {});

  Fixture(ServicePolicy policy, int endpoints) {
    engine.names(NameTable.EMPTY.with(List.of(NamedService.of(ORDERS)), List.of()));
    engine.snapshot(snapshot(policy, endpoints, 1));
  }

  /** One call from its opening to the end of its answer's body. */
  static Attempt call(Engine engine, RequestHead head) {
    MeshCall call = engine.open("benchmark", head);
    Attempt attempt = (Attempt) call.next();
    call.finish(attempt, OK);
    call.release(attempt);
    return attempt;
  }

  static ServiceSnapshot snapshot(ServicePolicy policy, int endpoints, long seq) {
    List<Endpoint> list = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      list.add(
          new Endpoint(
              "endpoint-" + i,
              List.of("10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255)),
              Map.of("http", 8080),
              null,
              Health.READY,
              1,
              Locality.parse("eu/a"),
              Map.of("app", "orders", "version", i % 2 == 0 ? "v1" : "v2")));
    }
    return new ServiceSnapshot(
        ORDERS,
        "epoch",
        seq,
        "sha256:" + seq,
        OnAgentError.PASSTHROUGH,
        List.of(),
        List.of(),
        policy,
        list);
  }

  /** Routes as a large VirtualService has them: by path, some with a header or a method besides. */
  static ServicePolicy routes(int count) {
    ServicePolicy.Builder policy = new ServicePolicy.Builder();
    for (int i = 0; i < count; i++) {
      Match.Builder match = new Match.Builder().path(StringMatch.prefix("/api/v1/resource" + i));
      if (i % 10 == 3) {
        match.header("x-tenant", StringMatch.exact("tenant" + i));
      }
      if (i % 10 == 7) {
        match.method("POST");
      }
      policy.route(new Route.Builder().name("route" + i).match(match.build()).build());
    }
    return policy.build();
  }

  /** The request that every benchmark sends, from ever another user. */
  record Request(String path) implements RequestHead {
    private static final String[] USERS = new String[1024];

    static {
      for (int i = 0; i < USERS.length; i++) {
        USERS[i] = "user-" + i;
      }
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String host() {
      return "orders";
    }

    @Override
    public int port() {
      return -1;
    }

    @Override
    public String pathAndQuery() {
      return path;
    }

    @Override
    public String header(String name) {
      return name.equals("x-user")
          ? USERS[ThreadLocalRandom.current().nextInt(USERS.length)]
          : null;
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public boolean grpc() {
      return false;
    }
  }

  private static final class ThreadRandomness implements Randomness {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return ThreadLocalRandom.current().nextInt(bound);
    }
  }
}
