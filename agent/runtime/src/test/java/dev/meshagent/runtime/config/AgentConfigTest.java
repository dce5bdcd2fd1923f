package dev.meshagent.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.runtime.log.LogLevel;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentConfigTest {
  private final Properties properties = new Properties();
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void argumentsWinOverPropertiesOverEnvironmentOverDefaults() {
    environment.put("MESH_SERVICE", "from-env");
    environment.put("MESH_NAMESPACE", "env-ns");
    environment.put("MESH_VERSION", "v-env");
    properties.setProperty("mesh.service", "from-property");
    properties.setProperty("mesh.namespace", "property-ns");
    AgentConfig config = load("service=from-args");
    assertThat(config.service).isEqualTo("from-args");
    assertThat(config.namespace).isEqualTo("property-ns");
    assertThat(config.version).isEqualTo("v-env");
    assertThat(config.controller).isEqualTo(URI.create("ws://127.0.0.1:15010"));
    assertThat(config.enabled).isTrue();
    assertThat(config.startupWaitNanos).isEqualTo(1_000_000_000L);
    assertThat(config.problems).isEmpty();
  }

  @Test
  void readsEveryKey(@TempDir Path dir) throws Exception {
    Path tokenFile = dir.resolve("token");
    Files.write(tokenFile, "s3cret\n".getBytes(StandardCharsets.UTF_8));
    AgentConfig config =
        load(
            "controller=https://mesh.example:8443,labels=tier=web;zone=a,locality=eu/a,token.file="
                + tokenFile
                + ",address=[fe80::1],port=8080,ports=8000-8100;!8042,log.level=debug,log.file=/x/y"
                + ",cache.dir=/c,startup.wait.ms=2500,version=v2,service=Orders,instrumentation.jdk-httpclient=false");
    assertThat(config.problems).isEmpty();
    assertThat(config.controller).isEqualTo(URI.create("wss://mesh.example:8443"));
    assertThat(config.labels)
        .containsEntry("app", "orders")
        .containsEntry("version", "v2")
        .containsEntry("tier", "web")
        .containsEntry("zone", "a");
    assertThat(config.locality).isEqualTo(new Locality("eu", "a", ""));
    assertThat(config.token).isEqualTo("s3cret");
    assertThat(config.address).isEqualTo("fe80::1");
    assertThat(config.port).isEqualTo(8080);
    assertThat(config.offers(8080)).isTrue();
    assertThat(config.offers(8042)).isFalse();
    assertThat(config.offers(9000)).isFalse();
    assertThat(config.logLevel).isEqualTo(LogLevel.DEBUG);
    assertThat(config.logFile).hasToString("/x/y");
    assertThat(config.cacheDir).hasToString("/c");
    assertThat(config.startupWaitNanos).isEqualTo(2_500_000_000L);
    assertThat(config.disabledInstrumentations).containsExactly("jdk-httpclient");
  }

  @Test
  void aMistypedKeyIsReportedWithTheNearestOne() {
    properties.setProperty("mesh.nmespace", "shop");
    environment.put("MESH_CONTROLER", "x:1");
    AgentConfig config = load("sevice=orders");
    assertThat(config.problems)
        .containsExactly(
            "agent argument sevice is not a key and is ignored; did you mean service?",
            "system property mesh.nmespace is not a key and is ignored; did you mean"
                + " mesh.namespace?",
            "environment variable MESH_CONTROLER is not a key and is ignored; did you mean"
                + " MESH_CONTROLLER?");
    assertThat(config.enabled).isTrue();
  }

  @Test
  void aKeyThatResemblesNoneIsReportedWithTheListOfKeys() {
    assertThat(load("frobnicate=1").problems)
        .singleElement()
        .asString()
        .contains("frobnicate is not a key", "controller", "cache.dir");
  }

  @Test
  void anAddressThatNobodyCanConnectToIsReportedAndNeverLookedUp() {
    for (String wrong :
        new String[] {"10.0.0.256", "1.2.3", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "1::2::3"}) {
      AgentConfig config = load("address=" + wrong);
      assertThat(config.address).as(wrong).isEmpty();
      assertThat(config.problems).singleElement().asString().contains("address='" + wrong + "'");
    }
    for (String right : new String[] {"10.0.0.255", "127.0.0.1", "::1", "2001:db8::7"}) {
      assertThat(load("address=" + right).address).isEqualTo(right);
    }
    assertThat(load("address=[::1]").address).isEqualTo("::1");
  }

  @Test
  void moreLabelsThanTheControllerTakesAreLeftOut() {
    StringBuilder labels = new StringBuilder("labels=");
    for (int i = 0; i < 300; i++) {
      labels.append("l").append(i).append("=x;");
    }
    AgentConfig config = load(labels.toString());
    assertThat(config.labels).hasSize(256).containsKey("app");
    assertThat(config.problems).isNotEmpty();
  }

  @Test
  void foreignMeshVariablesAreLeftAlone() {
    environment.put("MESH_SERVICE_HOST_NAME_AND_MORE", "10.0.0.1");
    assertThat(load(null).problems).isEmpty();
  }

  @Test
  void aWrongValueNamesItsPlaceAndGivesWayToTheDefault() {
    properties.setProperty("mesh.port", "http");
    environment.put("MESH_LOG_LEVEL", "chatty");
    AgentConfig config =
        load(
            "address=orders.example,ports=80-70,locality=a/b/c/d,enabled=maybe"
                + ",startup.wait.ms=1s");
    assertThat(config.enabled).isTrue();
    assertThat(config.port).isZero();
    assertThat(config.logLevel).isEqualTo(LogLevel.INFO);
    assertThat(config.problems)
        .hasSize(7)
        .anySatisfy(p -> assertThat(p).contains("system property mesh.port='http'", "65535"))
        .anySatisfy(p -> assertThat(p).contains("variable MESH_LOG_LEVEL='chatty'", "debug, info"))
        .anySatisfy(p -> assertThat(p).contains("agent argument address='orders.example'"))
        .anySatisfy(p -> assertThat(p).contains("'80-70' is an empty range"))
        .anySatisfy(p -> assertThat(p).contains("startup.wait.ms='1s'", "milliseconds", "1000"))
        .anySatisfy(p -> assertThat(p).contains("locality", "region/zone/subzone"))
        .anySatisfy(p -> assertThat(p).contains("enabled='maybe' is neither true nor false"));
  }

  @Test
  void aCertificateThatCannotBeReadKeepsTheMeshOff() {
    AgentConfig config = load("controller.ca=/does/not/exist");
    assertThat(config.enabled).isFalse();
    assertThat(config.problems.toString())
        .contains("controller.ca='/does/not/exist' cannot be read", "the mesh stays off");
  }

  @Test
  void aWrongIdentityOrControllerSwitchesTheMeshOff() {
    assertThat(load("service=10.0.0.1").enabled).isFalse();
    assertThat(load("service=localhost").enabled).isFalse();
    assertThat(load("namespace=a_b").enabled).isFalse();
    assertThat(load("controller=ftp://x").enabled).isFalse();
    AgentConfig config = load("token.file=/does/not/exist");
    assertThat(config.enabled).isFalse();
    assertThat(config.problems)
        .singleElement()
        .asString()
        .contains("token.file='/does/not/exist' cannot be read", "the mesh stays off");
  }

  @Test
  void theServiceNameFallsBackToWhatOthersCallIt() {
    properties.setProperty("sun.java.command", "/srv/my apps/order-service-1.2.3-SNAPSHOT.jar --x");
    assertThat(load(null).service).isEqualTo("order-service");
    properties.setProperty("sun.java.command", "com.acme/com.acme.Storefront arg");
    assertThat(load(null).service).isEqualTo("storefront");
    environment.put("SPRING_APPLICATION_NAME", "spring env");
    assertThat(load(null).service).isEqualTo("spring-env");
    properties.setProperty("spring.application.name", "Spring_Prop");
    assertThat(load(null).service).isEqualTo("spring-prop");
    properties.setProperty("otel.service.name", "otel-prop");
    assertThat(load(null).service).isEqualTo("otel-prop");
    environment.put("OTEL_SERVICE_NAME", "otel-env");
    assertThat(load(null).service).isEqualTo("otel-env");
  }

  @Test
  void aProcessWithoutANameIsCalledUnknown() {
    assertThat(load(null).service).isEqualTo("unknown-service");
  }

  private AgentConfig load(String arguments) {
    return AgentConfig.load(arguments, properties, environment);
  }

  @Test
  void aGroupIsNamedAsResourcesAre() {
    assertThat(load("group=vms.eu-1").group).isEqualTo("vms.eu-1");
    assertThat(load("").group).isEmpty();
    AgentConfig wrong = load("group=Vms_1");
    assertThat(wrong.group).isEmpty();
    assertThat(wrong.enabled).isTrue();
    assertThat(wrong.problems).singleElement().asString().contains("no name of a WorkloadGroup");
  }
}
