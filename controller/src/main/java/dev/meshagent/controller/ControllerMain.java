package dev.meshagent.controller;

import dev.meshagent.controller.access.AccessSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code mesh-controller}. */
@Command(
    name = "mesh-controller",
    description = "Holds the mesh together: tells each agent which services there are and where.",
    mixinStandardHelpOptions = true,
    versionProvider = ControllerMain.Version.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:could not start",
      "2:wrong options",
      "130:stopped by Ctrl-C",
      "143:stopped by SIGTERM"
    })
public final class ControllerMain implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:15010",
      converter = ListenConverter.class,
      description =
          "Where agents and people connect (default: ${DEFAULT-VALUE}). Port 0 takes a free one and"
              + " prints it.")
  private HostPort listen;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where to keep what must outlive a restart; made if absent. Default: nowhere.")
  private Path data;

  @Option(
      names = "--lease",
      paramLabel = "DURATION",
      defaultValue = "15s",
      converter = DurationConverter.class,
      description =
          "How long a workload is kept after it was last heard of, such as 15s or 500ms (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration lease;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "Lines of a role (admin, reader, agent), a name and a token; only who sends one is let in."
              + " Default: whoever reaches the address may do everything.")
  private Path tokens;

  @Option(
      names = "--tls",
      description =
          "Speak TLS, by a certificate of one's own that is kept with --data; clients trust the file"
              + " tls.pem there.")
  private boolean tls;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Speak TLS by this certificate, in PEM with its chain.")
  private Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, in PEM.")
  private Path key;

  /** Runs the command; exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ControllerMain()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (lease.compareTo(Duration.ofMillis(100)) < 0) {
      throw new ParameterException(
          spec.commandLine(), "--lease: " + lease + " is too short; at least 100ms");
    }
    checkAccess();
    PrintWriter err = spec.commandLine().getErr();
    if (data == null) {
      err.println(
          "mesh-controller: no --data: nothing is kept; resource versions start from the clock");
    }
    Controller controller;
    try {
      controller =
          Controller.start(
              new ControllerSettings(listen, Optional.ofNullable(data), lease, access()));
    } catch (IOException e) {
      err.println("mesh-controller: " + e.getMessage());
      err.println(remedy(e));
      return 1;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  controller.close();
                  stopped.countDown();
                },
                "mesh-controller-stop"));
    if (tokens == null) {
      err.println(
          "mesh-controller: no --tokens: whoever is on this host may do everything; only this host"
              + " can reach "
              + controller.listening());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "mesh-controller ready on "
            + (access().tls() ? "https://" : "http://")
            + controller.listening());
    out.flush();
    stopped.await();
    return 0;
  }

  private AccessSettings access() {
    return new AccessSettings(
        Optional.ofNullable(tokens),
        tls || certificate != null,
        Optional.ofNullable(certificate),
        Optional.ofNullable(key));
  }

  /** That nothing is open to other hosts, and that what belongs together is there. */
  private void checkAccess() {
    if ((certificate == null) != (key == null)) {
      throw misused("--tls-cert and --tls-key belong together; give both");
    }
    if (tls && certificate == null && data == null) {
      throw misused("--tls keeps its certificate with --data; give that, or --tls-cert");
    }
    if (!isLoopback(listen.host()) && (tokens == null || !access().tls())) {
      throw misused(
          "--listen "
              + listen
              + " is reached from other hosts, which takes --tokens (who may do what) and --tls or"
              + " --tls-cert (so that nobody listens in); without both, listen on 127.0.0.1");
    }
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** What does not resolve is said when it is listened on. */
  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }

  private static String remedy(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("already in use")) {
      return "Stop what listens there, or choose another port with --listen HOST:PORT (port 0 takes"
          + " a free one).";
    }
    if (message.contains("cannot listen")) {
      return "Choose an address of this machine with --listen HOST:PORT.";
    }
    if (message.contains("token")) {
      return "Name a file of tokens with --tokens FILE, or leave it out on 127.0.0.1.";
    }
    return "Choose a directory that can be written with --data DIR.";
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"mesh-controller " + ControllerVersion.current().version()};
    }
  }

  static final class ListenConverter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String text) {
      try {
        return HostPort.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is no duration; write a number and ms, s, m or h, such as 15s");
      }
      String iso = matcher.group(2).equals("ms") ? "" : "PT" + text.toUpperCase(Locale.ROOT);
      try {
        return iso.isEmpty()
            ? Duration.ofMillis(Long.parseLong(matcher.group(1)))
            : Duration.parse(iso);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("'" + text + "' is no duration: " + e.getMessage());
      }
    }
  }
}
