package dev.meshagent.instrumentation.nettytransport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.Arrays;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class NativeTransportTest {
  private static final String SHADED = "io.grpc.netty.shaded.";

  @Test
  void everyTargetExistsInTheNewestNetty() throws Exception {
    int modules = 0;
    for (InstrumentationModule module : ServiceLoader.load(InstrumentationModule.class)) {
      modules++;
      for (TypeTarget type : module.types()) {
        // What gRPC shades is the same under another name.
        Class<?> channel =
            Class.forName(type.className.replace(SHADED, ""), false, getClass().getClassLoader());
        for (MethodTarget method : type.methods) {
          assertThat(Arrays.stream(channel.getDeclaredMethods()))
              .as("%s.%s", channel, method.name)
              .anyMatch(declared -> declared.getName().equals(method.name));
        }
      }
    }
    assertThat(modules).isEqualTo(4);
  }
}
