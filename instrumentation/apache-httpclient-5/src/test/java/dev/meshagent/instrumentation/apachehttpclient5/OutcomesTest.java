package dev.meshagent.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Outcome.Failure;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  @Test
  void aCertificateThatIsNotAcceptedIsNoFailureToConnect() {
    assertThat(Outcomes.failure(new SSLPeerUnverifiedException("another"), false))
        .isEqualTo(Failure.OTHER);
    assertThat(
            Outcomes.failure(
                new SSLHandshakeException("refused").initCause(new CertificateException()), true))
        .isEqualTo(Failure.OTHER);
  }

  @Test
  void whatElseKeepsAConnectionFromBeingMadeIsOne() {
    assertThat(Outcomes.failure(new ConnectException("refused"), false)).isEqualTo(Failure.CONNECT);
    assertThat(Outcomes.failure(new SSLHandshakeException("closed"), true))
        .isEqualTo(Failure.CONNECT);
  }
}
