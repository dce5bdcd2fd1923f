package dev.meshagent.instrumentation.jdkhttpclient;

import java.io.IOException;

/**
 * What an exchange is told that the mesh breaks off: by this it is known from one that the
 * application gives up, whoever else breaks one off at the same time.
 */
final class BrokenOff extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenOff(String why) {
    super(why);
  }
}
