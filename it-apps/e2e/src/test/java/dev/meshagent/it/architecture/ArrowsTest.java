package dev.meshagent.it.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableFrom;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the arrows of docs/architecture.md: which module may know which. */
class ArrowsTest {
  private static final List<String> MODULES =
      List.of("agent-bootstrap", "agent/engine", "agent/spi", "agent/runtime", "controller");

  private static JavaClasses house;

  @BeforeAll
  static void readTheClassFiles() throws Exception {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(root.resolve("mesh"))) {
      root = root.getParent();
    }
    Path home = root;
    List<Path> paths;
    try (Stream<Path> instrumentations = Files.list(home.resolve("instrumentation"))) {
      paths =
          Stream.concat(MODULES.stream().map(home::resolve), instrumentations)
              .map(module -> module.resolve("target/classes"))
              .filter(Files::isDirectory)
              .toList();
    }
    Assertions.assertThat(paths).hasSizeGreaterThan(MODULES.size());
    house = new ClassFileImporter().importPaths(paths);
  }

  @Test
  void theEngineKnowsOnlyHistogramsRegexesAndInItsCodecJson() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.meshagent.engine..")
            .and()
            .resideOutsideOfPackage("dev.meshagent.engine.snapshot.codec..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "java..",
                    "dev.meshagent.engine..",
                    "org.HdrHistogram..",
                    "com.google.re2j..")));
    check(
        classes()
            .that()
            .resideInAPackage("dev.meshagent.engine.snapshot.codec..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "java..", "dev.meshagent.engine..", "com.fasterxml.jackson.core..")));
  }

  @Test
  void theEngineHasNoClockNoThreadNoRandomnessAndNoIo() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.meshagent.engine..")
            .and()
            .resideOutsideOfPackage("dev.meshagent.engine.snapshot.codec..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
                    // Serializable is implemented by enums and lambdas; the decoder is a function.
                    .and(not(assignableFrom(java.io.Serializable.class)))
                    .and(not(type(java.io.UnsupportedEncodingException.class)))
                    .and(not(type(java.net.URLDecoder.class))))
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .callMethod(Thread.class, "start")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class));
  }

  @Test
  void theSpiKnowsTheEngineAndNothingElse() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.meshagent.spi..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "java..", "javax.net.ssl..", "dev.meshagent.spi..", "dev.meshagent.engine..")));
  }

  @Test
  void anInstrumentationKnowsTheSpiAndTheEngineButNeitherRuntimeNorBootstrap() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.meshagent.instrumentation..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "dev.meshagent.runtime..",
                    "dev.meshagent.boot..",
                    "dev.meshagent.controller..")));
  }

  @Test
  void theBootstrapKnowsNobody() {
    check(
        classes()
            .that()
            .resideInAnyPackage("dev.meshagent.boot..", "java.lang")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "dev.meshagent.boot..")));
  }

  @Test
  void theRuntimeKnowsNoInstrumentation() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.meshagent.runtime..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "dev.meshagent.instrumentation..", "dev.meshagent.controller..")));
  }

  @Test
  void theControllerKnowsTheEngineAndNoOtherPartOfTheAgent() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.meshagent.controller..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.meshagent..")
                    .and(
                        not(
                            resideInAnyPackage(
                                "dev.meshagent.controller..", "dev.meshagent.engine.."))))
            .as("the controller knows the engine and no other part of the agent"));
  }

  @Test
  void packagesHaveNoCircles() {
    for (String part : List.of("engine", "runtime", "controller")) {
      check(slices().matching("dev.meshagent." + part + ".(*)..").should().beFreeOfCycles());
    }
  }

  private static void check(ArchRule rule) {
    rule.check(house);
  }
}
