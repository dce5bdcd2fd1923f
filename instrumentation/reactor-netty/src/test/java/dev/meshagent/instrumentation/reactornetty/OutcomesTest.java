package dev.meshagent.instrumentation.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Outcome.Failure;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  @Test
  void aCertificateThatIsNotAcceptedIsNoFailureToConnect() {
    Throwable refused = new SSLHandshakeException("refused").initCause(new CertificateException());
    assertThat(Outcomes.connecting(refused)).isEqualTo(Failure.OTHER);
  }

  @Test
  void otherHandshakesThatFailAreFailuresToConnect() {
    assertThat(Outcomes.connecting(new SSLHandshakeException("closed"))).isEqualTo(Failure.CONNECT);
    assertThat(Outcomes.connecting(new ConnectException("refused"))).isEqualTo(Failure.CONNECT);
  }
}
