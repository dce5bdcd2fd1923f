package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;

final class DistrustTest {
  @Test
  void aNameThatTheCertificateDoesNotSayIsDistrust() {
    assertThat(Distrust.caused(new SSLPeerUnverifiedException("another"))).isTrue();
  }

  @Test
  void aCertificateThatIsRefusedIsDistrust() {
    assertThat(
            Distrust.caused(
                new SSLHandshakeException("refused").initCause(new CertificateExpiredException())))
        .isTrue();
  }

  @Test
  void otherFailuresToConnectAreNot() {
    assertThat(Distrust.caused(new ConnectException("refused"))).isFalse();
    assertThat(Distrust.caused(new SSLHandshakeException("closed").initCause(new EOFException())))
        .isFalse();
  }

  @Test
  void aRingOfCausesEnds() {
    IOException one = new IOException("one");
    one.initCause(new IOException("other", one));
    assertThat(Distrust.caused(one)).isFalse();
  }
}
