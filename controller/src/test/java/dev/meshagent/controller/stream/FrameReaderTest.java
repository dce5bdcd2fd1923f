package dev.meshagent.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameReaderTest {
  private static final String HELLO =
      """
      {"type":"hello","protocol":1,"agentVersion":"0.1.0","features":["endpoints-delta"],
       "uid":"5f0c","namespace":"default","service":"orders",
       "labels":{"app":"orders","a.b/c":"v1"},"locality":"eu/a","pid":4711,"host":"h1",
       "javaVersion":"17.0.15","known":{"default/in.ventory":"sha256:1"},"future":{"x":[1]},
       "workload":{"addresses":["10.0.0.7","::1"],"weight":2,
         "ports":[{"name":"p9","port":9},{"name":"http","port":8080,"primary":true}]}}
      """;

  private static final String TELEMETRY =
      """
      {"type":"telemetry","intervalMillis":1000,
       "series":[{"service":"default/orders","route":"","subset":"","outcome":"success",
         "library":"jdk-httpclient","count":120,"histogram":"AAAA"}],
       "endpoints":[{"service":"default/orders","uid":"a","attempts":40,"failures":0,
         "ewmaMicros":812,"outstanding":1,"ejected":false}],
       "services":[{"service":"default/orders","calls":120,"attempts":121,"retries":1}],
       "counters":{"agentErrors":0,"unknownFields":0}}
      """;

  private final FrameReader reader = new FrameReader();

  @Test
  void helloIsReadWithThePrimaryPortFirst() throws MalformedFrame {
    AgentFrame.Hello hello = (AgentFrame.Hello) reader.read(HELLO);
    assertThat(hello.service()).isEqualTo(new ServiceId("default", "orders"));
    assertThat(hello.labels()).containsEntry("a.b/c", "v1");
    assertThat(hello.known()).containsKey(new ServiceId("default", "in.ventory"));
    AgentFrame.Statement workload = hello.workload().orElseThrow();
    assertThat(workload.addresses()).containsExactly("10.0.0.7", "::1");
    assertThat(workload.ports())
        .isEqualTo(List.of(new WorkloadPort("http", 8080), new WorkloadPort("p9", 9)));
  }

  @Test
  void aServiceThatAgentsTakeForAnAddressIsRefused() {
    assertThatThrownBy(
            () -> reader.read(HELLO.replace("\"service\":\"orders\"", "\"service\":\"123\"")))
        .isInstanceOf(MalformedFrame.class)
        .hasMessageContaining("$.service: '123' is an address to agents");
  }

  @Test
  void aHistogramStaysAsItCame() throws MalformedFrame {
    AgentFrame.Telemetry telemetry = (AgentFrame.Telemetry) reader.read(TELEMETRY);
    assertThat(telemetry.report().series().get(0).count()).isEqualTo(120);
    assertThat(telemetry.report().series().get(0).latencies()).contains("AAAA");
  }

  @Test
  void telemetryOverTheLimitsIsLeftOutAndTheRestIsTaken() throws MalformedFrame {
    String one = "{\"service\":\"default/orders\",\"outcome\":\"success\",\"count\":1}";
    String many = String.join(",", Collections.nCopies(30_000, one));
    AgentFrame.Telemetry telemetry =
        (AgentFrame.Telemetry)
            reader.read(
                "{\"type\":\"telemetry\",\"series\":[%s],\"counters\":{\"%s\":1,\"a\":2}}"
                    .formatted(many, "x".repeat(65)));
    assertThat(telemetry.report().series()).hasSize(1000);
    assertThat(telemetry.report().counters()).containsExactly(Map.entry("a", 2L));
    assertThat(telemetry.report().leftOut()).isEqualTo(29_001);
  }

  @Test
  void aTypeFromTheFutureIsNoError() throws MalformedFrame {
    assertThat(reader.read("{\"type\":\"later\",\"x\":1}"))
        .isEqualTo(new AgentFrame.Unknown("later"));
  }

  @Test
  void namesThatAreNoServiceAreRefused() {
    for (String name :
        List.of("localhost", "Orders", "10.0.0.1", "a.b", "", "-a", "a".repeat(64))) {
      assertThatThrownBy(() -> reader.read(HELLO.replace("\"orders\",", "\"" + name + "\",")))
          .as(name)
          .isInstanceOf(MalformedFrame.class)
          .hasMessageStartingWith("$.service: ");
    }
  }

  @Test
  void addressesThatReachNoCertainHostAreRefused() {
    for (String address :
        List.of("0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "ff02::1", "255.255.255.255")) {
      assertThatThrownBy(() -> reader.read(HELLO.replace("10.0.0.7", address)))
          .as(address)
          .isInstanceOf(MalformedFrame.class)
          .hasMessageStartingWith("$.workload.addresses[0]: ");
    }
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "{\"type\":\"renew\",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> reader.read(deep)).isInstanceOf(MalformedFrame.class);
  }

  @Test
  void whateverIsWrongWithAFrameItIsSaidAndNothingElseIsThrown() {
    Random random = new Random(3);
    String spice = "{}[]\",:0-9.eE\\/ ntf\u0000é";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? HELLO : TELEMETRY);
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, spice.charAt(random.nextInt(spice.length())));
          default -> text.setCharAt(at, spice.charAt(random.nextInt(spice.length())));
        }
      }
      try {
        reader.read(text.toString());
      } catch (MalformedFrame expected) {
        assertThat(expected.getMessage())
            .startsWith(expected.reason() == CloseReason.PROTOCOL ? "the agent" : "$");
      }
    }
  }
}
