package dev.meshagent.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processes of the sample shop, each under the agent. Thread-safe. */
public final class Shop {
  private static final String FIRST_VERSION = "v1";
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(120);
  private static final Pattern STATS = Pattern.compile("served (\\d+)\\s+failed (\\d+)");

  private static final String[] THREE_SERVICES = {"-Dshop.shipping=", "-Dshop.payments="};

  private final LocalMesh mesh;
  private final String[] options;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Instance> instances = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> started = new ConcurrentHashMap<>();

  /**
   * One process of one service.
   *
   * @param port of the loopback
   */
  public record Instance(String service, ChildProcess process, int port) {
    public String name() {
      return process.name();
    }
  }

  /**
   * What an instance says of itself.
   *
   * @param served requests it answered
   * @param failed calls of its own that failed
   */
  public record Stats(long served, long failed) {}

  private Shop(LocalMesh mesh, String... options) {
    this.mesh = mesh;
    this.options = options;
  }

  /** A shop of {@code storefront}, {@code orders} and {@code inventory}, which call no others. */
  public static Shop small(LocalMesh mesh) {
    return new Shop(mesh, THREE_SERVICES);
  }

  /** A shop whose services call all of each other, every one with another library. */
  public static Shop whole(LocalMesh mesh) {
    return new Shop(mesh);
  }

  /**
   * Starts instances of a service, all at once, and waits until they listen.
   *
   * @param service one of the shop's, such as {@code orders}
   */
  public List<Instance> start(String service, int count) {
    return start(service, FIRST_VERSION, count);
  }

  /** Starts instances of a version of a service; later versions show it in their names. */
  public List<Instance> start(String service, String version, int count) {
    String name = version.equals(FIRST_VERSION) ? service : service + "-" + version;
    String mainClass =
        "dev.meshagent.shop." + Character.toUpperCase(service.charAt(0)) + service.substring(1);
    List<ChildProcess> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(
          mesh.start(
              name + "-" + started.merge(name, 1, Integer::sum),
              small()
                  .option(mesh.agent(service))
                  .option("-Dmesh.version=" + version)
                  .option(options)
                  .main(mesh.artifacts().shop(), mainClass)));
    }
    List<Instance> ready = new ArrayList<>();
    for (ChildProcess process : processes) {
      ready.add(new Instance(service, process, LocalMesh.awaitPort(process)));
    }
    instances.addAll(ready);
    return ready;
  }

  /** Starts the load as a caller of the mesh that serves nothing itself. */
  public ChildProcess startLoad(String... args) {
    return startLoadOf("customers", args);
  }

  /** Starts a load by a name of its own. */
  public ChildProcess startLoadOf(String callers, String... args) {
    return mesh.start(
        callers + "-" + started.merge(callers, 1, Integer::sum),
        small()
            .option(mesh.agent(callers))
            .main(mesh.artifacts().shop(), "dev.meshagent.shop.Load", args));
  }

  /**
   * Eight JVMs on a small machine: none may take a quarter of its memory, and compiling each hot
   * method once more for speed would only take the others' time.
   */
  private static JavaCommand small() {
    return JavaCommand.ofThisJdk().option("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
  }

  /** Waits until the controller takes as many instances of a service for ready. */
  public void awaitReady(ControllerClient controller, String service, int count) {
    Polling.until(
        () -> controller.readyWorkloads(service) == count,
        KNOWN_WITHIN,
        () ->
            service
                + ": the controller has "
                + controller.readyWorkloads(service)
                + " ready workloads, not "
                + count);
  }

  /** Those that were started and not killed since. */
  public List<Instance> running() {
    return instances.stream().filter(instance -> instance.process.isAlive()).toList();
  }

  /** Those of one service, the oldest first. */
  public List<Instance> running(String service) {
    return running().stream().filter(instance -> instance.service.equals(service)).toList();
  }

  /** What endpoints are called in tables: the names of the processes, by address. */
  public Map<String, String> namesByAddress() {
    Map<String, String> names = new HashMap<>();
    instances.forEach(instance -> names.put("127.0.0.1:" + instance.port, instance.name()));
    return names;
  }

  /**
   * Asks an instance directly, by its port; {@code payments} speaks gRPC only and cannot be asked.
   */
  public Stats stats(Instance instance) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port + "/stats"))
              .build();
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher stats = STATS.matcher(body);
      if (!stats.find()) {
        throw new IOException("unexpected answer: " + body);
      }
      return new Stats(Long.parseLong(stats.group(1)), Long.parseLong(stats.group(2)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the statistics of " + instance.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + instance.name(), e);
    }
  }
}
