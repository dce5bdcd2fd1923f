package dev.meshagent.controller;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, written into it by Maven. */
public record ControllerVersion(String version, String major, String minor) {

  public static ControllerVersion current() {
    try (InputStream in = ControllerVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      String version = properties.getProperty("version");
      String[] parts = version.split("[.-]");
      return new ControllerVersion(version, parts[0], parts[1]);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties is not readable in this build", e);
    }
  }
}
