package dev.meshagent.instrumentation.nettytransport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NettyTransportModuleTest {
  private static final String SHADED = "io.grpc.netty.shaded.";

  @Test
  void everyTargetExistsInTheNewestNetty() throws Exception {
    for (TypeTarget type : new NettyTransportModule().types()) {
      String name = type.className.startsWith(SHADED) ? unshaded(type) : type.className;
      Class<?> channel = Class.forName(name, false, getClass().getClassLoader());
      for (MethodTarget method : type.methods) {
        assertThat(Arrays.stream(channel.getDeclaredMethods()))
            .as("%s.%s", name, method.name)
            .anyMatch(declared -> declared.getName().equals(method.name));
      }
    }
  }

  @Test
  void whatIsShadedIsSeenLikeWhatIsNot() {
    List<String> names =
        new NettyTransportModule()
            .types().stream().map(type -> type.className).collect(Collectors.toList());
    assertThat(names.stream().filter(name -> name.startsWith(SHADED)))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(names).contains(name.substring(SHADED.length())));
  }

  private static String unshaded(TypeTarget type) {
    return type.className.substring(SHADED.length());
  }
}
