package dev.meshagent.runtime.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.runtime.config.AgentConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadRulesTest {
  private static final String LOCAL_CONTROLLER = "127.0.0.1 127.0.0.1";
  private static final String OTHER_HOST = "10.0.0.7 10.0.0.1";
  private static final String OTHER_HOST_V6 = "fd00::7%1 fd00::1";

  /** Rule, agent arguments, control connection (local, controller), sockets, offered. */
  static Stream<Arguments> rules() {
    return Stream.of(
        row("no socket, no workload", "", OTHER_HOST, "", "nothing"),
        row(
            "wildcard: the control connection's local address",
            "",
            OTHER_HOST,
            "0.0.0.0:8080",
            "port 8080 of [8080] at [10.0.0.7]"),
        row(
            "wildcard over IPv6: without the scope",
            "",
            OTHER_HOST_V6,
            "[::]:8080",
            "port 8080 of [8080] at [fd00:0:0:0:0:0:0:7]"),
        row(
            "bound to an address: there",
            "",
            OTHER_HOST,
            "10.0.0.9:8080",
            "port 8080 of [8080] at [10.0.0.9]"),
        row("loopback only, controller elsewhere", "", OTHER_HOST, "127.0.0.1:8080", "nothing"),
        row("IPv6 loopback only, controller elsewhere", "", OTHER_HOST, "[::1]:8080", "nothing"),
        row(
            "loopback only, controller there too",
            "",
            LOCAL_CONTROLLER,
            "[::1]:8080",
            "port 8080 of [8080] at [0:0:0:0:0:0:0:1]"),
        row(
            "both loopbacks of one port",
            "",
            LOCAL_CONTROLLER,
            "127.0.0.1:8080 [::1]:8080",
            "port 8080 of [8080] at [127.0.0.1, 0:0:0:0:0:0:0:1]"),
        row(
            "mesh.address wins over the connection",
            "address=192.0.2.5",
            OTHER_HOST,
            "0.0.0.0:8080",
            "port 8080 of [8080] at [192.0.2.5]"),
        row(
            "mesh.address elsewhere does not reach a loopback socket",
            "address=192.0.2.5",
            LOCAL_CONTROLLER,
            "127.0.0.1:8080",
            "nothing"),
        row(
            "a loopback mesh.address does",
            "address=127.0.0.1",
            OTHER_HOST,
            "127.0.0.1:8080",
            "port 8080 of [8080] at [127.0.0.1]"),
        row(
            "the first accepting port is the primary",
            "",
            OTHER_HOST,
            "0.0.0.0:9090 0.0.0.0:8080",
            "port 9090 of [9090, 8080] at [10.0.0.7]"),
        row(
            "a port that a server library serves goes first",
            "",
            OTHER_HOST,
            "0.0.0.0:9090 0.0.0.0:8080/http",
            "port 8080 of [8080, 9090] at [10.0.0.7]"),
        row(
            "mesh.port goes before both",
            "port=7070",
            OTHER_HOST,
            "0.0.0.0:9090 0.0.0.0:8080/http 0.0.0.0:7070",
            "port 7070 of [7070, 9090, 8080] at [10.0.0.7]"),
        row(
            "nothing is offered before mesh.port accepts",
            "port=7070",
            OTHER_HOST,
            "0.0.0.0:8080/http",
            "nothing"),
        row(
            "mesh.ports includes",
            "ports=8080",
            OTHER_HOST,
            "0.0.0.0:9090 0.0.0.0:8080",
            "port 8080 of [8080] at [10.0.0.7]"),
        row(
            "mesh.ports excludes",
            "ports=!9090",
            OTHER_HOST,
            "0.0.0.0:9090 0.0.0.0:8080",
            "port 8080 of [8080] at [10.0.0.7]"),
        row(
            "JMX is never offered",
            "",
            OTHER_HOST,
            "0.0.0.0:9999 0.0.0.0:9998 0.0.0.0:8080",
            "port 8080 of [8080] at [10.0.0.7]"),
        row(
            "a port at another address than the primary's is left out",
            "",
            OTHER_HOST,
            "10.0.0.8:8080 10.0.0.9:9090 0.0.0.0:7070",
            "port 8080 of [8080, 7070] at [10.0.0.8]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void offers(String rule, String arguments, String reach, String sockets, String offered)
      throws Exception {
    Properties jvm = new Properties();
    jvm.setProperty("com.sun.management.jmxremote.port", "9999");
    jvm.setProperty("com.sun.management.jmxremote.rmi.port", "9998");
    AgentConfig config =
        AgentConfig.load(arguments, new Properties(), Collections.<String, String>emptyMap());
    assertThat(config.problems).isEmpty();

    List<Object> kept = new ArrayList<>();
    ListenerRegistry registry = new ListenerRegistry(() -> {});
    for (String socket : sockets.isEmpty() ? new String[0] : sockets.split(" ")) {
      int slash = socket.indexOf('/');
      InetSocketAddress local = parse(slash < 0 ? socket : socket.substring(0, slash));
      if (slash >= 0) {
        registry.serves(local, socket.substring(slash + 1));
      }
      kept.add(new Object());
      registry.accepting(kept.get(kept.size() - 1), local);
    }
    String[] addresses = reach.split(" ");
    Workload workload =
        new WorkloadRules(config, jvm)
            .workload(
                registry.accepting(),
                registry.protocols(),
                new Reach(
                    InetAddress.getByName(addresses[0]), InetAddress.getByName(addresses[1])));
    assertThat(workload).hasToString(offered);
    assertThat(registry.accepting()).hasSameSizeAs(kept);
  }

  private static Arguments row(String... columns) {
    return Arguments.of((Object[]) columns);
  }

  private static InetSocketAddress parse(String text) throws Exception {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.getByName(text.substring(0, colon)),
        Integer.parseInt(text.substring(colon + 1)));
  }

  @Test
  void noMorePortsAreOfferedThanTheControllerTakes() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    List<Listener> accepting = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      accepting.add(new Listener(new InetSocketAddress(loopback, 9000 + i), i, true));
    }
    WorkloadRules rules =
        new WorkloadRules(
            AgentConfig.load("port=9290", new Properties(), Collections.emptyMap()),
            new Properties());
    Workload workload =
        rules.workload(accepting, Collections.emptyMap(), new Reach(loopback, loopback));
    assertThat(workload.ports).hasSize(256).startsWith(9290, 9000);
  }
}
