package dev.meshagent.spi;

import java.util.List;

/**
 * Describes how one library is instrumented: which methods get which advice. Implementations have a
 * public no-argument constructor, are listed in {@code META-INF/services}, and must not touch the
 * library when they are created: the build reads them as well as the agent.
 */
public interface InstrumentationModule {

  /** The module's name as it appears in logs, metrics and {@code mesh.instrumentation.<name>}. */
  String name();

  /** What the advice is woven into. */
  List<TypeTarget> types();

  /**
   * Packages of named modules that the advice uses though they are not exported, as {@code
   * module/package}; the agent exports them to the instrumentation's loader.
   */
  List<String> internalPackages();
}
