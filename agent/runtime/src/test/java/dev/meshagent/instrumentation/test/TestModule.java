package dev.meshagent.instrumentation.test;

import dev.meshagent.spi.InstrumentationModule;
import dev.meshagent.spi.TypeTarget;
import java.util.Collections;
import java.util.List;

/** A module without targets, whose advice is linked by hand. */
public final class TestModule implements InstrumentationModule {
  public static final String ADVICE = "dev.meshagent.instrumentation.test.TestAdvice";

  @Override
  public String name() {
    return "test";
  }

  @Override
  public List<TypeTarget> types() {
    return Collections.emptyList();
  }

  @Override
  public List<String> internalPackages() {
    return Collections.emptyList();
  }
}
