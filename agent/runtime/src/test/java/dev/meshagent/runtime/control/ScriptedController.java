package dev.meshagent.runtime.control;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A controller that is driven by the test: the other end of the transport, without a network. */
final class ScriptedController implements ControlTransport {
  private final ControlLoop loop;

  /** What was sent over the present connection. */
  final List<String> received = new ArrayList<>();

  boolean up = true;
  boolean congested;
  int attempts;

  /** If not null, what an attempt throws. */
  Error broken;

  private Link link;

  ScriptedController(ControlLoop loop) {
    this.loop = loop;
  }

  @Override
  public String controller() {
    return "ws://scripted/";
  }

  @Override
  public Connection connect(Receiver receiver) {
    attempts++;
    if (broken != null) {
      throw broken;
    }
    Link next = new Link(receiver);
    if (up) {
      received.clear();
      link = next;
      InetAddress loopback = InetAddress.getLoopbackAddress();
      loop.execute(() -> receiver.opened(loopback, loopback));
    } else {
      loop.execute(() -> receiver.closed("connection refused"));
    }
    return next;
  }

  boolean connected() {
    return link != null;
  }

  void say(String frame) {
    Receiver receiver = link.receiver;
    loop.execute(() -> receiver.frame(frame.replace('\'', '"')));
  }

  void welcome(String epoch) {
    say(
        "{'type':'welcome','protocol':1,'controllerVersion':'t','features':[],'epoch':'"
            + epoch
            + "','leaseMillis':15000,'yourAddress':'127.0.0.1'}");
  }

  /** The connection breaks. */
  void drop() {
    link.close();
  }

  /** What was received of a type, in order. */
  List<String> received(String type) {
    List<String> ofType = new ArrayList<>();
    for (String frame : received) {
      if (frame.startsWith("{\"type\":\"" + type + "\"")) {
        ofType.add(frame);
      }
    }
    return ofType;
  }

  private final class Link implements Connection {
    private final Receiver receiver;
    private boolean closed;

    Link(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void send(String frame) {
      if (!closed) {
        received.add(frame);
      }
    }

    @Override
    public boolean congested() {
      return congested;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        if (link == this) {
          link = null;
        }
        loop.execute(() -> receiver.closed("closed"));
      }
    }
  }
}
