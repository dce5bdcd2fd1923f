package dev.meshagent.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the packaged jars of this build are: tests, the demo and the benchmarks run what a user
 * would run, never the classes folders.
 *
 * @param home the root of the project's checkout
 * @param otherAgent an agent of another build, which takes the place of this one's
 * @param otherController a controller of another build, likewise
 */
public record Artifacts(Path home, Optional<Path> otherAgent, Optional<Path> otherController) {

  /**
   * The checkout that the system property {@code mesh.home} names.
   *
   * @throws IllegalStateException if it is not set
   */
  public static Artifacts ofSystemProperty() {
    String home = System.getProperty("mesh.home");
    if (home == null) {
      throw new IllegalStateException(
          "System property mesh.home is not set; it names the root of the mesh-agent checkout."
              + " Run this by way of ./mesh or mvn verify, which set it.");
    }
    return new Artifacts(
        Path.of(home).toAbsolutePath().normalize(), Optional.empty(), Optional.empty());
  }

  public Path agent() {
    return otherAgent.orElseGet(() -> built("agent/dist/target/mesh-agent.jar"));
  }

  public Path controller() {
    return otherController.orElseGet(() -> built("controller/target/mesh-controller.jar"));
  }

  public Path cli() {
    return built("cli/target/mesh-cli.jar");
  }

  public Path shop() {
    return built("it-apps/shop/target/shop.jar");
  }

  public Path fixtures() {
    return built("it-apps/fixtures/target/fixtures.jar");
  }

  /**
   * @param major 2 or 3
   */
  public Path springBoot(int major) {
    return built("it-apps/spring-boot-" + major + "/target/boot" + major + "app.jar");
  }

  private Path built(String path) {
    Path jar = home.resolve(path);
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          jar + " does not exist; build it with: mvn -DskipTests package");
    }
    return jar;
  }
}
