package dev.meshagent.instrumentation.build;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.util.Set;
import java.util.stream.Collectors;

/** The packages that {@code java.*} modules export to everybody: what needs no check. */
final class PlatformApi {
  private final Set<String> packages =
      ModuleFinder.ofSystem().findAll().stream()
          .map(ModuleReference::descriptor)
          .filter(module -> module.name().startsWith("java."))
          .flatMap(module -> module.exports().stream())
          .filter(exported -> !exported.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toSet());

  boolean contains(String internalName) {
    int slash = internalName.lastIndexOf('/');
    return slash > 0 && packages.contains(internalName.substring(0, slash).replace('/', '.'));
  }
}
