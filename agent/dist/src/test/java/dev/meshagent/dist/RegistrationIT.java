package dev.meshagent.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM with the packaged agent tells the controller which ports it serves. */
@Timeout(300)
class RegistrationIT {
  private static final Pattern PORT = Pattern.compile("\"port\":(\\d+),\"primary\":(true|false)");

  /** Less than the two seconds that the agent holds an exit up for at most. */
  private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  @TempDir Path cache;

  @Test
  void everyWayOfTakingConnectionsIsSeenAndBindingAloneIsNot() throws Exception {
    try (RecordingController controller = RecordingController.listening();
        Application application =
            new Application(
                controller,
                "blocking@127.0.0.1",
                "bound@127.0.0.1",
                "adaptor@127.0.0.1",
                "channel@127.0.0.1",
                "selected@127.0.0.1",
                "asynchronous@127.0.0.1",
                "http@127.0.0.1")) {
      Map<String, Integer> ports = application.ports(7);
      int primary = ports.get("http");
      TreeSet<Integer> expected = new TreeSet<>(ports.values());
      expected.remove(ports.get("bound"));
      controller.await(
          frame -> primary(frame) == primary && new TreeSet<>(all(frame)).equals(expected));

      application.enter('\n');
      controller.await(frame -> frame.contains("\"ports\":[]"));
      application.enter('\n');
      controller.await(frame -> frame.contains("leave"));
    }
  }

  @Test
  void ipv6AndTheWildcardAreServedAtTheirAddresses() throws Exception {
    try (RecordingController controller = RecordingController.listening();
        Application application = new Application(controller, "http@::1")) {
      int port = application.ports(1).get("http");
      String frame = controller.await(text -> primary(text) == port);
      assertThat(frame).contains("\"addresses\":[\"0:0:0:0:0:0:0:1\"]");
    }
    try (RecordingController controller = RecordingController.listening();
        Application application = new Application(controller, "selected@0.0.0.0")) {
      int port = application.ports(1).get("selected");
      String frame = controller.await(text -> primary(text) == port);
      assertThat(frame).contains("\"addresses\":[\"127.0.0.1\"]");
    }
  }

  @Test
  void twoPortsOfOneProcessAreReachedOverIpv6AsRegistered() throws Exception {
    try (RecordingController controller = RecordingController.listening();
        Application application = new Application(controller, "http@::1", "selected@::1")) {
      TreeSet<Integer> ports = new TreeSet<>(application.ports(2).values());
      String frame = controller.await(text -> new TreeSet<>(all(text)).equals(ports));
      Matcher address = Pattern.compile("\"addresses\":\\[\"([^\"]+)\"]").matcher(frame);
      assertThat(address.find()).isTrue();
      for (int port : all(frame)) {
        try (Socket socket = new Socket(address.group(1), port)) {
          assertThat(socket.isConnected()).isTrue();
        }
      }
    }
  }

  @Test
  void theExitIsAnnouncedBeforeTheApplicationsShutdownHooks() throws Exception {
    boolean shown = false;
    for (int i = 0; i < 10 && !shown; i++) {
      shown = exits();
    }
    assertThat(shown).as("of ten exits one was announced in time").isTrue();
  }

  /**
   * @return false if it took so long that the agent held the exit up no longer, which shows nothing
   */
  private boolean exits() throws Exception {
    try (RecordingController controller = RecordingController.listening();
        Application application = new Application(controller, "http@127.0.0.1")) {
      int port = application.ports(1).get("http");
      controller.await(text -> primary(text) == port);
      long start = System.nanoTime();
      application.enter('x');
      controller.await(frame -> frame.equals("{\"type\":\"drain\"}"));
      boolean silent = application.isSilent();
      controller.drained();
      if (System.nanoTime() - start > HELD_UP_NANOS) {
        return false;
      }
      assertThat(silent).as("the hook waits").isTrue();
      controller.await(frame -> frame.equals("{\"type\":\"leave\"}"));
      assertThat(application.line()).isEqualTo("hook");
      return true;
    }
  }

  private static int primary(String frame) {
    Matcher matcher = PORT.matcher(frame);
    return matcher.find() && matcher.group(2).equals("true")
        ? Integer.parseInt(matcher.group(1))
        : 0;
  }

  private static List<Integer> all(String frame) {
    List<Integer> ports = new ArrayList<>();
    for (Matcher matcher = PORT.matcher(frame); matcher.find(); ) {
      ports.add(Integer.valueOf(matcher.group(1)));
    }
    return ports;
  }

  /** The forked JVM. */
  private final class Application implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    Application(RecordingController controller, String... sockets) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Paths.get(System.getProperty("java.home"), "bin", "java").toString());
      command.add(
          "-javaagent:"
              + System.getProperty("mesh.agent.jar", "target/mesh-agent.jar")
              + "=service=listening,controller=127.0.0.1:"
              + controller.getPort()
              + ",cache.dir="
              + cache
              + ","
              + ForkedJvm.PATIENT);
      command.add("-cp");
      command.add(new File("target/test-classes").getPath());
      command.add(ListeningApplication.class.getName());
      command.addAll(Arrays.asList(sockets));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Kind to port, of the sockets that it says it opened. */
    Map<String, Integer> ports(int count) throws IOException {
      Map<String, Integer> ports = new LinkedHashMap<>();
      while (ports.size() < count) {
        String[] words = line().split(" ");
        ports.put(words[0], Integer.valueOf(words[1]));
      }
      return ports;
    }

    String line() throws IOException {
      String line = out.readLine();
      assertThat(line).as("a line of the application").isNotNull();
      return line;
    }

    void enter(char input) throws IOException {
      process.getOutputStream().write(input);
      process.getOutputStream().flush();
    }

    boolean isSilent() throws IOException {
      return !out.ready();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
