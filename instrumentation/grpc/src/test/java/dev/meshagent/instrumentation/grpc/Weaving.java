package dev.meshagent.instrumentation.grpc;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.meshagent.spi.MethodTarget;
import dev.meshagent.spi.TypeTarget;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Weaves the module's advice into this JVM's gRPC, once, so that the engine's answers can be
 * scripted in the process of the test. The library sees the advice here, so a plain call will do;
 * the packaged agent's own way is tried by the contract.
 */
final class Weaving {
  private static boolean done;

  private Weaving() {}

  static synchronized void ensure() {
    if (done) {
      return;
    }
    AgentBuilder agent =
        new AgentBuilder.Default()
            .disableClassFormatChanges()
            .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
            .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
            .ignore(ElementMatchers.none());
    List<TypeTarget> types = new ArrayList<>(new GrpcModule().types());
    types.addAll(new GrpcServerModule().types());
    for (TypeTarget type : types) {
      agent =
          agent
              .type(named(type.className))
              .transform(
                  (builder, description, loader, module, domain) -> {
                    DynamicType.Builder<?> woven = builder;
                    for (MethodTarget method : type.methods) {
                      woven = woven.visit(advice(method));
                    }
                    return woven;
                  });
    }
    agent.installOn(ByteBuddyAgent.install());
    done = true;
  }

  private static AsmVisitorWrapper advice(MethodTarget method) {
    ElementMatcher<MethodDescription> target =
        candidate ->
            candidate.getInternalName().equals(method.name)
                && candidate.getDescriptor().startsWith(method.descriptorPrefix);
    try {
      return Advice.withCustomMapping()
          .with(new Advice.AssignReturned.Factory().withSuppressed(Throwable.class))
          .to(Class.forName(method.adviceClass))
          .on(target);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
