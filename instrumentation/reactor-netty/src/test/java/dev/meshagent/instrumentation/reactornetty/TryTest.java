package dev.meshagent.instrumentation.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.scripted.ScriptedMesh;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClientState;

/** In which order the library hears of what happens to an attempt. */
class TryTest {
  private final List<Object> told = new ArrayList<>();
  private final Channel channel = new EmbeddedChannel();
  private final Connection connection = () -> channel;
  private final Try attempt =
      new Try(
          new Undecided(),
          ScriptedMesh.attempt(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
          (ConnectionObserver) (on, state) -> told.add(state),
          null);

  @Test
  void anEndThatComesBeforeTheResponseIsGivenIsToldAfterIt() {
    attempt.onStateChange(connection, HttpClientState.RESPONSE_RECEIVED);
    attempt.onStateChange(connection, HttpClientState.RESPONSE_COMPLETED);
    attempt.onStateChange(connection, ConnectionObserver.State.DISCONNECTING);
    assertThat(told).isEmpty();
    attempt.end();
    attempt.deliver(connection);
    assertThat(told)
        .containsExactly(
            HttpClientState.RESPONSE_RECEIVED,
            HttpClientState.RESPONSE_COMPLETED,
            "released",
            ConnectionObserver.State.DISCONNECTING);
  }

  @Test
  void anEndThatComesLaterIsToldThen() {
    attempt.onStateChange(connection, HttpClientState.RESPONSE_RECEIVED);
    attempt.end();
    attempt.deliver(connection);
    assertThat(told).containsExactly(HttpClientState.RESPONSE_RECEIVED);
    attempt.onStateChange(connection, HttpClientState.RESPONSE_COMPLETED);
    assertThat(told)
        .containsExactly(
            HttpClientState.RESPONSE_RECEIVED, HttpClientState.RESPONSE_COMPLETED, "released");
  }

  /** Leaves it to the test what becomes of the attempt. */
  private final class Undecided implements Course {
    @Override
    public String host() {
      return "orders";
    }

    @Override
    public boolean follows(Connection operations, Attempt of) {
      return false;
    }

    @Override
    public void answered(Try answered, Connection operations) {}

    @Override
    public void broken(Try broken, Connection operations, Throwable error) {}

    @Override
    public void timedOut(Try late, boolean connecting) {}

    @Override
    public void bodyBroken(Try broken, Failure failure, Throwable cause) {
      throw new AssertionError("nothing was delivered", cause);
    }

    @Override
    public void released(Try released) {
      told.add("released");
    }
  }
}
