package dev.meshagent.engine.snapshot.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshagent.engine.snapshot.Endpoint;
import dev.meshagent.engine.snapshot.EndpointTls;
import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.Health;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.OnAgentError;
import dev.meshagent.engine.snapshot.ServiceId;
import dev.meshagent.engine.snapshot.ServicePort;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.policy.ServicePolicy;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SnapshotCodecTest {
  private final SnapshotCodec codec = new SnapshotCodec();

  private static Endpoint endpoint(String uid) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("http", 8080);
    ports.put("p9090", 9090);
    return new Endpoint(
        uid,
        Arrays.asList("10.0.0.7", "fd00::7"),
        ports,
        new EndpointTls(15443, "spiffe://mesh/ns/default/sa/orders"),
        Health.SUSPECT,
        3,
        Locality.parse("eu/a"),
        Collections.singletonMap("version", "v1"));
  }

  private static ServiceSnapshot snapshot() {
    return new ServiceSnapshot(
        ServiceId.parse("default/orders"),
        "e1",
        3,
        "sha256:1",
        OnAgentError.FAIL,
        Collections.singletonList("policy.new"),
        Collections.singletonList(new ServicePort(80, "http", "p9090")),
        ServicePolicy.NONE,
        Arrays.asList(endpoint("u1"), endpoint("u2")));
  }

  @Test
  void aSnapshotSurvivesTheRoundTrip() throws IOException {
    String json = SnapshotCodec.serviceFrame(snapshot(), true);
    assertThat(codec.readService(json, null)).isEqualTo(snapshot());
    assertThat(codec.unknownFields()).isZero();
  }

  @Test
  void whatAHeldHashLeavesOutStays() throws IOException {
    String json = SnapshotCodec.serviceFrame(snapshot(), false);
    assertThat(codec.readService(json, snapshot())).isEqualTo(snapshot());
    assertThatThrownBy(() -> codec.readService(json, null))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageStartingWith("$.policy: left out, but hash sha256:1 is not held");
  }

  @Test
  void aDeltaContinuesTheSnapshot() throws IOException {
    EndpointsDelta delta =
        new EndpointsDelta(
            ServiceId.parse("default/orders"),
            "e1",
            3,
            4,
            Collections.singletonList(endpoint("u3")),
            Collections.singletonList("u1"));
    EndpointsDelta read = codec.readDelta(SnapshotCodec.deltaFrame(delta));
    assertThat(read.fits(snapshot())).isTrue();
    ServiceSnapshot after = read.applyTo(snapshot());
    assertThat(after.endpoints).containsExactly(endpoint("u2"), endpoint("u3"));
    assertThat(after.seq).isEqualTo(4);
    assertThat(read.fits(after)).isFalse();
  }

  @Test
  void unknownFieldsAreSkippedAndCounted() throws IOException {
    codec.readService(
        "{\"service\":\"a/b\",\"policy\":{\"later\":{\"x\":[1,{}]}},"
            + "\"endpoints\":[{\"uid\":\"u\",\"addresses\":[\"::1\"],\"mood\":\"good\"}],\"z\":1}",
        null);
    assertThat(codec.unknownFields()).isEqualTo(3);
  }

  @Test
  void anUnknownFieldThatMustBeUnderstoodIsRefusedWithItsPath() {
    assertThatThrownBy(
            () ->
                codec.readService(
                    "{\"service\":\"a/b\",\"policy\":{},\"endpoints\":[{\"uid\":\"u\","
                        + "\"addresses\":[\"::1\"],\"mood\":1}],"
                        + "\"mustUnderstand\":[\"endpoints.mood\"]}",
                    null))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageStartingWith("$.endpoints[0].mood: must be understood");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'service':'nope','policy':{}} | $.service",
        "{'policy':{}} | $.service",
        "{'service':'a/b','policy':[]} | $.policy",
        "{'service':'a/b','policy':{},'seq':-1} | $.seq",
        "{'service':'a/b','policy':{},'seq':99999999999999999999} | $.seq",
        "{'service':'a/b','policy':{},'onAgentError':'maybe'} | $.onAgentError",
        "{'service':'a/b','policy':{},'ports':[{'name':'x'}]} | $.ports[0].port",
        "{'service':'a/b','policy':{},'ports':[{'port':70000}]} | $.ports[0].port",
        "{'service':'a/b','policy':{},'endpoints':{}} | $.endpoints",
        "{'service':'a/b','policy':{},'endpoints':[7]} | $.endpoints[0]",
        "{'service':'a/b','policy':{},'endpoints':[{'uid':'u'}]} | $.endpoints[0].addresses",
        "{'service':'a/b','policy':{},'endpoints':[{'uid':'u','addresses':[1]}]}"
            + " | $.endpoints[0].addresses[0]",
        "{'service':'a/b','policy':{},'endpoints':[{'uid':'u','addresses':['a'],'health':'ok'}]}"
            + " | $.endpoints[0].health",
        "{'service':'a/b','policy':{},'endpoints':[{'uid':'u','addresses':['a'],"
            + "'ports':{'http':0}}]} | $.endpoints[0].ports.http",
        "{'service':'a/b','policy':{},'endpoints':[{'uid':'u','addresses':['a'],'tls':{}}]}"
            + " | $.endpoints[0].tls.port",
        "{'service':'a/b','policy':{}, | $",
        "[] | $",
      })
  void malformedInputIsRefusedWithItsPath(String json, String path) {
    assertThatThrownBy(() -> codec.readService(json.replace('\'', '"'), null))
        .isInstanceOf(SnapshotFormatException.class)
        .satisfies(e -> assertThat(((SnapshotFormatException) e).path).startsWith(path));
  }

  @Test
  void theHashDependsOnPolicyAndNotOnEndpoints() {
    ServiceSnapshot other =
        snapshot().withEndpoints("e2", 9, Collections.emptyList(), Arrays.asList("u1"));
    assertThat(SnapshotCodec.hash(other)).isEqualTo(SnapshotCodec.hash(snapshot()));
    assertThat(SnapshotCodec.hash(ServiceSnapshot.empty(other.id, "e1")))
        .isNotEqualTo(SnapshotCodec.hash(other));
  }
}
