package dev.meshagent.contract.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The services that one forked JVM calls, each on ports of its own. Thread-safe.
 *
 * <ul>
 *   <li>{@code orders}: three instances in cleartext; {@code payments}: one.
 *   <li>{@code flaky}: three of which faults are asked, so that what balancing thinks of them does
 *       not weigh on others; {@code streams}: three that HTTP/2 is spoken to.
 *   <li>{@code vault}: three with a certificate for their service; {@code imposter}: one with a
 *       certificate for another.
 *   <li>{@code brittle}: one, and a port that refuses connections; {@code dead}: nothing but such a
 *       port.
 *   <li>{@code ruled}: one, of whose calls a rule may send some to {@code payments}.
 *   <li>{@code hasty}: one, whose calls a rule allows half a second.
 *   <li>{@code fleet}: as many as are wanted.
 *   <li>{@code outside}: one that is never registered.
 * </ul>
 */
public final class ServerPark implements AutoCloseable {
  /** Shared by all parks of this JVM; daemon threads, so nobody ends them. */
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("park", true), NioIoHandler.newFactory());

  private final Ledger ledger = new Ledger();
  private final Map<String, List<ScriptedServer>> servers = new LinkedHashMap<>();
  private final Map<String, List<Integer>> ports = new LinkedHashMap<>();
  private final List<Socket> refusing = new ArrayList<>();
  private final ControlPort control;

  private ServerPark(SslContext own, SslContext foreign, int fleet) throws IOException {
    start("orders", 3, null);
    start("flaky", 3, null);
    start("streams", 3, null);
    start("payments", 1, null);
    start("ruled", 1, null);
    start("hasty", 1, null);
    start("vault", 3, own);
    start("imposter", 1, foreign);
    start("brittle", 1, null);
    ports.get("brittle").add(refusingPort());
    ports.put("dead", List.of(refusingPort()));
    start("outside", 1, null);
    start("fleet", fleet, null);
    control = ControlPort.open(this::answer);
  }

  /**
   * @param fleet how many instances of {@code fleet}
   */
  public static ServerPark open(Certificates certificates, int fleet) throws IOException {
    return new ServerPark(certificates.own(), certificates.foreign(), fleet);
  }

  private void start(String service, int instances, SslContext tls) {
    if (instances == 0) {
      return;
    }
    List<ScriptedServer> started = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      ScriptedServer server = ScriptedServer.start(service + "-" + i, ledger, LOOPS, tls);
      started.add(server);
      numbers.add(server.port());
    }
    servers.put(service, started);
    ports.put(service, numbers);
  }

  /** Bound, so that nobody else takes it, but not listening. */
  private int refusingPort() throws IOException {
    Socket bound = new Socket();
    refusing.add(bound);
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return bound.getLocalPort();
  }

  /** The ports that are to be registered, by service. */
  public Map<String, List<Integer>> registered() {
    Map<String, List<Integer>> registered = new LinkedHashMap<>(ports);
    registered.remove("outside");
    return registered;
  }

  /** What the forked JVM is told: the control port, then {@code service=port,port}. */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add(String.valueOf(control.number()));
    ports.forEach(
        (service, numbers) ->
            arguments.add(
                service
                    + "="
                    + numbers.stream().map(String::valueOf).collect(Collectors.joining(","))));
    return arguments;
  }

  private String answer(String[] words) throws InterruptedException {
    List<ScriptedServer> instances = servers.getOrDefault(words[1], List.of());
    switch (words[0]) {
      case "connections":
        return instances.stream()
            .map(server -> String.valueOf(server.accepted()))
            .collect(Collectors.joining(" "));
      case "open":
        return String.valueOf(instances.stream().mapToInt(ScriptedServer::open).sum());
      case "close-idle":
        int closed = 0;
        for (ScriptedServer server : instances) {
          closed += server.closeIdle();
        }
        return String.valueOf(closed);
      case "seen":
        return String.valueOf(ledger.seen(words[1]));
      case "await-seen":
        return String.valueOf(ledger.awaitSeen(words[1]));
      case "await-broken-off":
        return String.valueOf(ledger.awaitBrokenOff(words[1]));
      default:
        throw new IllegalArgumentException("unknown question: " + words[0]);
    }
  }

  @Override
  public void close() throws IOException {
    for (List<ScriptedServer> instances : servers.values()) {
      instances.forEach(ScriptedServer::close);
    }
    for (Socket socket : refusing) {
      socket.close();
    }
    control.close();
  }
}
