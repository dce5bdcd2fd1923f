package dev.meshagent.instrumentation.reactornetty.spring;

import dev.meshagent.instrumentation.reactornetty.Foretold;
import java.util.function.Function;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.springframework.web.reactive.function.client.ClientRequest;
import reactor.core.publisher.Mono;

/** On the last of WebClient's exchange functions: its request's headers, for the exchange. */
public final class ExchangeAdvice {
  private ExchangeAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object request,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object exchange) {
    ClientRequest written = (ClientRequest) request;
    Function<String, String> headers = new SpringHeaders(written.headers(), written.cookies());
    return ((Mono<?>) exchange).contextWrite(context -> Foretold.in(context, headers));
  }
}
