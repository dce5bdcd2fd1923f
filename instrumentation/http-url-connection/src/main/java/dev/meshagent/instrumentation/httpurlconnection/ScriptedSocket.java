package dev.meshagent.instrumentation.httpurlconnection;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;

/**
 * Connected to nobody: the library runs into a failure when it uses it, or reads an answer that no
 * server sent. For one thread.
 */
final class ScriptedSocket extends Socket {
  private final Exception failure;
  private final byte[] answer;

  private ScriptedSocket(Exception failure, byte[] answer) {
    super(Proxy.NO_PROXY);
    this.failure = failure;
    this.answer = answer;
  }

  static ScriptedSocket failing(Exception failure) {
    return new ScriptedSocket(failure, null);
  }

  /**
   * @param answer a response in the form of HTTP/1.1
   */
  static ScriptedSocket answering(byte[] answer) {
    return new ScriptedSocket(null, answer);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    fail();
    return new ByteArrayInputStream(answer);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    fail();
    return new OutputStream() {
      @Override
      public void write(int octet) {}

      @Override
      public void write(byte[] octets, int offset, int length) {}
    };
  }

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public void setSoTimeout(int millis) {}

  private void fail() throws IOException {
    if (failure instanceof IOException) {
      throw (IOException) failure;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }
}
