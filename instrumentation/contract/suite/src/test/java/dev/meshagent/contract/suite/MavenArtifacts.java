package dev.meshagent.contract.suite;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;

/**
 * Finds a library and everything that it needs the way the Maven of this build does: same settings,
 * mirrors, cache and rules. Not thread-safe.
 */
final class MavenArtifacts implements AutoCloseable {
  private final Context maven;

  private MavenArtifacts(Context maven) {
    this.maven = maven;
  }

  static MavenArtifacts open() {
    ContextOverrides.Builder overrides =
        ContextOverrides.create()
            .withUserSettings(true)
            .offline(System.getProperty("contract.maven.offline", "").endsWith("true"));
    String repository = System.getProperty("contract.maven.repository");
    if (repository != null) {
      overrides.withLocalRepositoryOverride(Path.of(repository));
    }
    return new MavenArtifacts(Runtimes.INSTANCE.getRuntime().create(overrides.build()));
  }

  /** The class path of these coordinates, the libraries themselves included. */
  List<Path> classPath(List<String> coordinates) throws DependencyResolutionException {
    if (coordinates.isEmpty()) {
      return List.of();
    }
    CollectRequest collect = new CollectRequest();
    collect.setRepositories(maven.remoteRepositories());
    for (String coordinate : coordinates) {
      collect.addDependency(new Dependency(new DefaultArtifact(coordinate), "runtime"));
    }
    return maven
        .repositorySystem()
        .resolveDependencies(
            maven.repositorySystemSession(),
            new DependencyRequest(collect, (node, parents) -> runtime(node.getDependency())))
        .getArtifactResults()
        .stream()
        .map(ArtifactResult::getArtifact)
        .map(artifact -> artifact.getFile().toPath())
        .toList();
  }

  /**
   * What has a classifier is native code for one platform (of Netty), which works without it:
   * nobody is to fetch it for six platforms.
   */
  private static boolean runtime(Dependency dependency) {
    return dependency == null
        || !dependency.isOptional()
            && dependency.getArtifact().getClassifier().isEmpty()
            && List.of("compile", "runtime").contains(dependency.getScope());
  }

  @Override
  public void close() {
    maven.close();
  }
}
