package dev.meshagent.runtime.weave;

import dev.meshagent.spi.MethodTarget;

/** One method target together with the module that it belongs to. Immutable. */
class Hook {
  /** The module's name. */
  final String module;

  final MethodTarget method;

  Hook(String module, MethodTarget method) {
    this.module = module;
    this.method = method;
  }

  /** True if a method of the target class, in JVM notation, is meant. */
  boolean matches(String name, String descriptor) {
    return method.name.equals(name) && descriptor.startsWith(method.descriptorPrefix);
  }
}
