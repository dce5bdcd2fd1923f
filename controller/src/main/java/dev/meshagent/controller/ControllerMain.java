package dev.meshagent.controller;

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
    PrintWriter err = spec.commandLine().getErr();
    if (data == null) {
      err.println(
          "mesh-controller: no --data: nothing is kept; resource versions start from the clock");
    }
    Controller controller;
    try {
      controller =
          Controller.start(new ControllerSettings(listen, Optional.ofNullable(data), lease));
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
    exposure(controller.listening())
        .ifPresent(warning -> err.println("mesh-controller: WARNING: " + warning));
    PrintWriter out = spec.commandLine().getOut();
    out.println("mesh-controller ready on http://" + controller.listening());
    out.flush();
    stopped.await();
    return 0;
  }

  /** What everybody who reaches the address may do, if that is more than this host. */
  static Optional<String> exposure(HostPort listening) {
    try {
      if (InetAddress.getByName(listening.host()).isLoopbackAddress()) {
        return Optional.empty();
      }
    } catch (UnknownHostException e) {
      // A name that no longer resolves is no reason to be silent.
    }
    return Optional.of(
        "listening on "
            + listening
            + ", beyond this host. Tokens of agents are not checked yet: whoever reaches this"
            + " address can register as any service, see all of the mesh, and what they say is not"
            + " encrypted. Listen on 127.0.0.1, or let only hosts that you trust reach it.");
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
