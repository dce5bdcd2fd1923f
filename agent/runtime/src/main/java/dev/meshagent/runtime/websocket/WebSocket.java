package dev.meshagent.runtime.websocket;

import dev.meshagent.runtime.thread.DaemonThreads;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One WebSocket, from the attempt to connect until its end. Reading and writing have a daemon
 * thread each; {@link #send} and {@link #close} may be called from any thread and do not block.
 */
public final class WebSocket {
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

  /** After so long a silence the peer is asked for a sign of life; after twice that, given up. */
  private static final int SILENCE_MILLIS = 10_000;

  private static final int NORMAL_CLOSURE = 1000;
  private static final byte[] CLOSE_NORMALLY = {NORMAL_CLOSURE >> 8, (byte) NORMAL_CLOSURE};

  private final URI uri;
  private final Trust trust;
  private final Map<String, String> headers;
  private final int maxMessageBytes;
  private final Listener listener;
  private final Socket socket = new Socket(Proxy.NO_PROXY);
  private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();
  private volatile String whyGivenUp;

  /** What happens, told on the reading thread; a listener that blocks makes the peer wait. */
  public interface Listener {
    void opened(InetAddress local, InetAddress remote);

    void message(String text);

    /**
     * The end; nothing is told after it.
     *
     * @param reason for a person
     */
    void closed(String reason);
  }

  private WebSocket(
      URI uri, Trust trust, Map<String, String> headers, int maxMessageBytes, Listener listener) {
    this.uri = uri;
    this.trust = trust;
    this.headers = headers;
    this.maxMessageBytes = maxMessageBytes;
    this.listener = listener;
  }

  /**
   * Begins to connect, and returns.
   *
   * @param uri scheme {@code ws} or {@code wss}, with host, port and path
   * @param trust which certificates are believed over {@code wss}
   * @param headers of the handshake's request, beyond those of the protocol
   */
  public static WebSocket connect(
      URI uri, Trust trust, Map<String, String> headers, int maxMessageBytes, Listener listener) {
    WebSocket webSocket = new WebSocket(uri, trust, headers, maxMessageBytes, listener);
    new DaemonThreads("mesh-agent-stream")
        .newThread(
            new Runnable() {
              @Override
              public void run() {
                webSocket.run();
              }
            })
        .start();
    return webSocket;
  }

  public void send(String text) {
    outgoing.add(new Outgoing(FrameInput.TEXT, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** How many frames wait to be written. */
  public int unwritten() {
    return outgoing.size();
  }

  /** Closes by the protocol, after what was sent before. */
  public void close() {
    outgoing.add(new Outgoing(FrameInput.CLOSE, CLOSE_NORMALLY));
  }

  /** Breaks the connection off. */
  public void abort(String why) {
    whyGivenUp = why;
    closeSocket(socket);
  }

  private void run() {
    String reason;
    Socket connected = socket;
    Thread writer = null;
    try {
      connected = open();
      Handshake handshake = Handshake.withNewKey();
      connected.getOutputStream().write(handshake.request(uri, headers));
      WatchedInput in = new WatchedInput(connected.getInputStream(), new Ping());
      handshake.readAnswer(in);
      writer = startWriter(connected);
      listener.opened(connected.getLocalAddress(), connected.getInetAddress());
      reason = readUntilClosed(in);
    } catch (IOException | RuntimeException | Error e) {
      reason = e instanceof UnknownHostException ? "no such host: " + uri.getHost() : message(e);
    }
    if (writer != null) {
      writer.interrupt();
    }
    // The plain socket first: closing a TLS one waits for whoever is in the middle of a write.
    closeSocket(socket);
    closeSocket(connected);
    listener.closed(whyGivenUp == null ? reason : whyGivenUp);
  }

  private Socket open() throws IOException {
    socket.setTcpNoDelay(true);
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    // A controller named by host rather than by address makes the JDK read how long it is to cache
    // names (networkaddress.cache.ttl) now, maybe before main sets it in code; -D and the security
    // file are heeded. There is no look-up beside the JDK's.
    socket.connect(
        new InetSocketAddress(InetAddress.getByName(host), uri.getPort()), CONNECT_TIMEOUT_MILLIS);
    socket.setSoTimeout(SILENCE_MILLIS);
    if (!uri.getScheme().equals("wss")) {
      return socket;
    }
    SSLSocket tls =
        (SSLSocket)
            trust.context().getSocketFactory().createSocket(socket, host, uri.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    try {
      tls.startHandshake();
    } catch (SSLHandshakeException e) {
      throw new IOException(
          e.getMessage() + "; does mesh.controller.ca name the certificate that is shown there?",
          e);
    }
    return tls;
  }

  private String readUntilClosed(WatchedInput in) throws IOException {
    StringBuilder reason = new StringBuilder("closed");
    FrameInput frames =
        new FrameInput(
            in,
            maxMessageBytes,
            new FrameInput.Control() {
              @Override
              public void frame(int opcode, byte[] payload) {
                if (opcode == FrameInput.PING) {
                  outgoing.add(new Outgoing(FrameInput.PONG, payload));
                } else if (opcode == FrameInput.CLOSE) {
                  reason.append(describe(payload));
                }
              }
            });
    for (String text = frames.next(); text != null; text = frames.next()) {
      listener.message(text);
    }
    return reason.toString();
  }

  private Thread startWriter(Socket connected) throws IOException {
    FrameOutput out = new FrameOutput(new BufferedOutputStream(connected.getOutputStream()));
    Thread writer =
        new DaemonThreads("mesh-agent-stream-out")
            .newThread(
                new Runnable() {
                  @Override
                  public void run() {
                    try {
                      write(out);
                    } catch (InterruptedException e) {
                      // The connection is over.
                    } catch (IOException | RuntimeException e) {
                      abort(message(e));
                    }
                  }
                });
    writer.start();
    return writer;
  }

  private void write(FrameOutput out) throws IOException, InterruptedException {
    for (; ; ) {
      Outgoing next = outgoing.take();
      out.write(next.opcode, next.payload);
      if (outgoing.isEmpty() || next.opcode == FrameInput.CLOSE) {
        out.flush();
      }
      if (next.opcode == FrameInput.CLOSE) {
        return;
      }
    }
  }

  private static String describe(byte[] payload) {
    if (payload.length < 2) {
      return "";
    }
    int code = (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    String text = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    return " with " + code + (text.isEmpty() ? "" : " (" + text + ")");
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return e.getClass() == IOException.class && message != null ? message : e.toString();
  }

  private static void closeSocket(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is given up in any case.
    }
  }

  /** Asks the peer for a sign of life. */
  private final class Ping implements Runnable {
    @Override
    public void run() {
      outgoing.add(new Outgoing(FrameInput.PING, new byte[0]));
    }
  }

  /** A frame that waits to be written. */
  private static final class Outgoing {
    final int opcode;
    final byte[] payload;

    Outgoing(int opcode, byte[] payload) {
      this.opcode = opcode;
      this.payload = payload;
    }
  }
}
