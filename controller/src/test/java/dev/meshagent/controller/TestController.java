package dev.meshagent.controller;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A controller on a port of its own that keeps nothing: one for each test, or one for all of a
 * class where its field is static.
 */
public final class TestController
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** Longer than any test takes on a busy machine: the agents of tests do not renew. */
  static final Duration LEASE = Duration.ofMinutes(10);

  private Controller running;
  private boolean shared;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    shared = true;
    start();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    if (!shared) {
      start();
    }
  }

  private void start() throws IOException {
    running =
        Controller.start(
            new ControllerSettings(new HostPort("127.0.0.1", 0), Optional.empty(), LEASE));
  }

  public HostPort listening() {
    return running.listening();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!shared) {
      running.close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (shared) {
      running.close();
    }
  }
}
