package dev.meshagent.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import javax.management.MBeanServerFactory;

/**
 * An application that looks for traces of the agent and prints what it finds, after it took a
 * connection, which makes the agent weave.
 */
public final class LookingApplication {
  private LookingApplication() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("MBean servers " + MBeanServerFactory.findMBeanServer(null).size());
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      System.out.println("accepted " + (accepted.getPort() == client.getLocalPort()));
    }
    if (arguments.length > 0) {
      keepServing();
    }
    look("dev.meshagent.runtime.AgentMain");
    look("dev.meshagent.engine.Engine");
    look("org.objectweb.asm.ClassReader");
    look("com.fasterxml.jackson.core.JsonFactory");
    look("org.slf4j.LoggerFactory");
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      if (thread.getName().startsWith("mesh-agent")) {
        System.out.println("thread, daemon " + thread.isDaemon());
        if (thread.getContextClassLoader() == ClassLoader.getSystemClassLoader()) {
          System.out.println(thread.getName() + " has the application's loader");
        }
        if (thread.getThreadGroup() == Thread.currentThread().getThreadGroup()) {
          System.out.println(thread.getName() + " is in the application's group");
        }
      }
    }
    for (String key : System.getProperties().stringPropertyNames()) {
      if (key.contains("meshagent") || key.contains("slf4j") || key.contains("bytebuddy")) {
        System.out.println("property " + key);
      }
    }
    System.out.println("end");
  }

  /** Takes a connection now and then until standard input ends. */
  private static void keepServing() throws Exception {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try {
      Thread connecting =
          new Thread(
              () -> {
                while (!server.isClosed()) {
                  try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    client.getInputStream().read();
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      connecting.setDaemon(true);
      connecting.start();
      Thread ending =
          new Thread(
              () -> {
                try {
                  System.in.read();
                  server.close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      ending.start();
      while (true) {
        Socket accepted = server.accept();
        Thread.sleep(20);
        accepted.close();
      }
    } catch (SocketException e) {
      // Closed, as asked.
    }
  }

  private static void look(String name) {
    try {
      Class.forName(name);
      System.out.println("found " + name);
    } catch (ClassNotFoundException e) {
      // As it should be.
    }
    if (ClassLoader.getSystemResource(name.replace('.', '/') + ".class") != null) {
      System.out.println("resource " + name);
    }
  }
}
