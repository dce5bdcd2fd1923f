package dev.meshagent.contract.suite;

import dev.meshagent.testbed.ChildProcess;
import dev.meshagent.testbed.JavaCommand;
import dev.meshagent.testbed.LocalMesh;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Starts the processes of a mesh of gRPC, each with an agent. Not thread-safe.
 *
 * @param agent the packaged one, or one made from it
 */
record GrpcJvms(LocalMesh mesh, MavenArtifacts maven, Path agent) {

  /** The fixtures with gRPC of that version and its transport. */
  List<Path> fixtures(String version, String transport) throws Exception {
    List<Path> path = new ArrayList<>();
    path.add(
        mesh.artifacts()
            .home()
            .resolve("instrumentation/contract/fixtures/target/contract-fixtures.jar"));
    path.addAll(
        maven.classPath(
            List.of("io.grpc:grpc-" + transport + ":" + version, "io.grpc:grpc-stub:" + version)));
    return path;
  }

  /** gRPC's own interop programs, which need xds to start. */
  List<Path> interop(String version) throws Exception {
    return maven.classPath(
        List.of("io.grpc:grpc-interop-testing:" + version, "io.grpc:grpc-xds:" + version));
  }

  ChildProcess start(
      String name,
      Path javaHome,
      String service,
      List<Path> classPath,
      String main,
      String... args) {
    List<String> words =
        JavaCommand.of(javaHome)
            .option("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .option(mesh.agent(service))
            .words();
    words.replaceAll(word -> word.startsWith("-javaagent:") ? "-javaagent:" + agent : word);
    words.add("-cp");
    words.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    words.add(main);
    words.addAll(List.of(args));
    return mesh.start(name, words);
  }

  static Path thisJdk() {
    return Path.of(System.getProperty("java.home"));
  }
}
