package dev.meshagent.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A mesh on this machine's loopback: one controller and the JVMs that are started with the agent,
 * all of them ended by {@link #close}, and also when this JVM is told to end. Their logs are in one
 * temporary folder, which {@link #close} names, or deletes if {@link #discardLogs} was called.
 * Thread-safe, but for the controller's own methods.
 */
public final class LocalMesh implements AutoCloseable {
  /** Generous: several JVMs may start at once on one core. */
  public static final Duration STARTED_WITHIN = Duration.ofSeconds(60);

  private static final Pattern CONTROLLER_READY = Pattern.compile("ready on (http://\\S+)");
  private static final Pattern SERVICE_READY = Pattern.compile("ready on http://[^:]+:(\\d+)");

  private final Artifacts artifacts;
  private final Path directory;
  private final List<ChildProcess> children = new CopyOnWriteArrayList<>();
  private final Thread endWithThisJvm = new Thread(this::giveUp, "ends the local mesh");
  private volatile boolean discardLogs;
  private volatile boolean interrupted;
  private boolean closed;
  private ChildProcess controller;
  private URI controllerUri;

  private LocalMesh(Artifacts artifacts, Path directory) {
    this.artifacts = artifacts;
    this.directory = directory;
  }

  /** An empty mesh: no process yet. */
  public static LocalMesh create(Artifacts artifacts) {
    try {
      LocalMesh mesh = new LocalMesh(artifacts, Files.createTempDirectory("mesh-"));
      Runtime.getRuntime().addShutdownHook(mesh.endWithThisJvm);
      return mesh;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder: " + e.getMessage(), e);
    }
  }

  public Artifacts artifacts() {
    return artifacts;
  }

  /** Where the logs are. */
  public Path directory() {
    return directory;
  }

  /** All went well: nobody needs the logs any more. */
  public void discardLogs() {
    discardLogs = true;
  }

  /**
   * Starts the controller; after a {@link #killController}, again at the same address and with the
   * same data.
   */
  public ControllerClient startController(String... options) {
    String listen = controllerUri == null ? "127.0.0.1:0" : controllerUri.getAuthority();
    controller =
        start(
            "controller-" + children.size(),
            JavaCommand.ofThisJdk()
                .option("-Xmx128m", "-XX:+UseSerialGC")
                .jar(
                    artifacts.controller(),
                    Stream.concat(
                            Stream.of(
                                "--listen", listen, "--data", directory.resolve("data").toString()),
                            Stream.of(options))
                        .toArray(String[]::new)));
    Matcher ready = controller.awaitLine(CONTROLLER_READY, STARTED_WITHIN);
    controllerUri = URI.create(ready.group(1));
    return new ControllerClient(controllerUri);
  }

  /** Of the controller that was started last. */
  public long controllerPid() {
    return controller.pid();
  }

  /** SIGKILL. */
  public void killController() {
    controller.kill();
  }

  /** The JVM options that put a process into this mesh as a workload of a service. */
  public String[] agent(String service) {
    return new String[] {
      "-javaagent:" + artifacts.agent(),
      "-Dmesh.controller=ws://" + controllerUri.getAuthority(),
      "-Dmesh.service=" + service,
      "-Dmesh.cache.dir=" + directory.resolve("cache"),
      // Several JVMs may start at once on one core: more than the second that is the default.
      "-Dmesh.startup.wait.ms=" + STARTED_WITHIN.toMillis(),
    };
  }

  /**
   * Starts a process of this mesh.
   *
   * @throws IllegalStateException if the mesh is closed, or this JVM is ending
   */
  public ChildProcess start(String name, JavaCommand command) {
    return start(name, command.words());
  }

  /** Starts any command in the same way. */
  public synchronized ChildProcess start(String name, List<String> command) {
    if (closed) {
      throw new IllegalStateException("the mesh is closed; " + name + " was not started");
    }
    ChildProcess child = ChildProcess.start(name, directory, command);
    children.add(child);
    return child;
  }

  /**
   * Waits until a process says {@code … ready on http://host:port}, as each of the shop does.
   *
   * @return the port
   */
  public static int awaitPort(ChildProcess service) {
    return Integer.parseInt(service.awaitLine(SERVICE_READY, STARTED_WITHIN).group(1));
  }

  /** True once this JVM was told to end: what fails from then on fails because of that. */
  public boolean interrupted() {
    return interrupted;
  }

  @Override
  public void close() {
    if (interrupted) {
      return;
    }
    killAll();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
    } catch (IllegalStateException e) {
      // This JVM is ending: the hook runs, and finds nothing left to end.
    }
    if (discardLogs) {
      deleteLogs();
    } else {
      System.out.println("logs of all processes: " + directory);
    }
  }

  /** Somebody gave up on it, and will not want to tidy up after it. */
  private void giveUp() {
    interrupted = true;
    killAll();
    deleteLogs();
  }

  private synchronized void killAll() {
    closed = true;
    for (ChildProcess child : children) {
      child.kill();
    }
  }

  private void deleteLogs() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("could not delete " + directory + ": " + e.getMessage());
    }
  }
}
