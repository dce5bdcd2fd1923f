package dev.meshagent.instrumentation.serversocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.lang.reflect.Method;
import java.util.ServiceLoader;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import org.junit.jupiter.api.Test;

class ServerSocketModuleTest {

  @Test
  void everyRequiredMethodExistsInThisJdkAndNamesAnAdvice() throws Exception {
    int modules = 0;
    for (InstrumentationModule module : ServiceLoader.load(InstrumentationModule.class)) {
      modules++;
      for (TypeTarget type : module.types()) {
        Class<?> target = Class.forName(type.className, false, ClassLoader.getSystemClassLoader());
        for (MethodTarget method : type.methods) {
          assertThat(method.optional || declares(target, method))
              .as("%s.%s%s", type.className, method.name, method.descriptorPrefix)
              .isTrue();
          assertThat(hasEnterAdvice(Class.forName(method.adviceClass))).isTrue();
        }
      }
    }
    assertThat(modules).isEqualTo(2);
  }

  @Test
  void interestInAcceptingIsSeenUnderOneOfItsNames() throws Exception {
    Class<?> channel = Class.forName("sun.nio.ch.ServerSocketChannelImpl", false, null);
    long seen =
        new ServerSocketModule()
            .types().stream()
                .filter(type -> type.className.equals(channel.getName()))
                .flatMap(type -> type.methods.stream())
                .filter(method -> method.optional && declares(channel, method))
                .count();
    assertThat(seen).isEqualTo(1);
  }

  private static boolean declares(Class<?> type, MethodTarget target) {
    for (Method method : type.getDeclaredMethods()) {
      String descriptor = new MethodDescription.ForLoadedMethod(method).getDescriptor();
      if (method.getName().equals(target.name) && descriptor.startsWith(target.descriptorPrefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasEnterAdvice(Class<?> advice) {
    for (Method method : advice.getDeclaredMethods()) {
      Advice.OnMethodEnter enter = method.getAnnotation(Advice.OnMethodEnter.class);
      if (enter != null) {
        return !enter.inline() && enter.suppress() == Throwable.class;
      }
    }
    return false;
  }
}
