package dev.meshagent.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PremainTest {
  private final Properties properties = new Properties();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void aSupportedJava() {
    properties.setProperty("java.specification.version", "17");
  }

  @Test
  void startsWhereNobodyForbidsIt() {
    assertThat(Premain.refusal(null, properties, environment)).isNull();
    assertThat(Premain.refusal("service=a,enabled=true", properties, environment)).isNull();
  }

  @Test
  void isSwitchedOffByArgumentPropertyOrEnvironmentInThatOrder() {
    environment.put("MESH_ENABLED", "false");
    assertThat(Premain.refusal(null, properties, environment)).contains("mesh.enabled=false");
    properties.setProperty("mesh.enabled", "true");
    assertThat(Premain.refusal(null, properties, environment)).isNull();
    assertThat(Premain.refusal("x=1,enabled=FALSE", properties, environment)).contains("off");
  }

  @Test
  void anUnsupportedJavaIsRefusedInOneLine() {
    for (String version : new String[] {"1.7", "99", "next", ""}) {
      properties.setProperty("java.specification.version", version);
      assertThat(Premain.refusal(null, properties, environment))
          .startsWith("stays off: Java " + version + " is not supported");
    }
  }

  @Test
  void theWaitAtTheStartIsASecondUnlessAskedOtherwise() {
    assertThat(EarlySettings.startupWaitNanos(null, properties, environment))
        .isEqualTo(1_000_000_000L);
    environment.put("MESH_STARTUP_WAIT_MS", " 2500 ");
    assertThat(EarlySettings.startupWaitNanos(null, properties, environment))
        .isEqualTo(2_500_000_000L);
    for (String wrong : new String[] {"soon", "-1", "600001", ""}) {
      assertThat(
              EarlySettings.startupWaitNanos("startup.wait.ms=" + wrong, properties, environment))
          .isEqualTo(1_000_000_000L);
    }
  }

  @Test
  void supportsEveryJavaFromEightOn() {
    for (String version : new String[] {"1.8", "11", "17", "21", "25", "26"}) {
      properties.setProperty("java.specification.version", version);
      assertThat(Premain.refusal(null, properties, environment)).isNull();
    }
  }
}
