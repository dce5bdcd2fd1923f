package dev.meshagent.testbed.streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Simulated workloads of several services that come and go, each of which calls some of the other
 * services. Knows what each of them ought to have been told. For one thread, beside that of the
 * streams.
 */
public final class Fleet {
  private final ControlStreams streams;
  private final int services;
  private final int called;
  private final Random random;
  private final SimulatedAgent.Listener listener;
  private final List<SimulatedAgent> members = new ArrayList<>();
  private int joined;

  /**
   * @param called how many services each workload subscribes to, its own aside
   * @param seed of the choice who leaves
   */
  public Fleet(
      ControlStreams streams,
      int services,
      int called,
      long seed,
      SimulatedAgent.Listener listener) {
    this.streams = streams;
    this.services = services;
    this.called = called;
    this.random = new Random(seed);
    this.listener = listener;
  }

  private static String name(int service) {
    return "fleet-" + service;
  }

  /** A new process connects and registers; completes when it has said so. */
  public CompletionStage<SimulatedAgent> join() {
    int number = joined++;
    int own = number % services;
    List<String> wanted =
        IntStream.rangeClosed(1, called)
            .mapToObj(next -> "default/" + name((own + next) % services))
            .toList();
    SimulatedAgent agent =
        streams.open(new Greeting(number, name(own), 1024 + number % 60_000, wanted), listener);
    members.add(agent);
    return agent.ready();
  }

  /** One of those who are there announces its exit and goes; completes when it is gone. */
  public CompletableFuture<Void> leave() {
    SimulatedAgent agent = members.remove(random.nextInt(members.size()));
    return agent.ready().thenCompose(SimulatedAgent::leave).toCompletableFuture();
  }

  /** How many there are. */
  public int size() {
    return members.size();
  }

  /** The identity of who joins next. */
  public String next() {
    return Greeting.uid(joined);
  }

  /**
   * The members that have not been told what is, each with the first service of which it has not;
   * empty when every view is right.
   */
  public Map<Integer, String> wrong() throws Exception {
    Map<String, Set<String>> expected = new HashMap<>();
    for (SimulatedAgent member : members) {
      Greeting greeting = member.greeting();
      expected
          .computeIfAbsent("default/" + greeting.service(), service -> new HashSet<>())
          .add(Greeting.uid(greeting.number()));
    }
    return streams.between(
        () -> {
          Map<Integer, String> wrong = new LinkedHashMap<>();
          for (SimulatedAgent member : members) {
            for (String service : member.greeting().wanted()) {
              if (!member.view(service).equals(expected.getOrDefault(service, Set.of()))) {
                wrong.putIfAbsent(member.greeting().number(), service);
              }
            }
          }
          return wrong;
        });
  }

  /** When the last of the members was last told anything, by {@link System#nanoTime}. */
  public long lastToldNanos() throws Exception {
    return streams.between(
        () -> members.stream().mapToLong(SimulatedAgent::toldNanos).max().orElseThrow());
  }
}
