package dev.meshagent.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Says in words why a file cannot be used. Stateless. */
final class FileTrouble {
  private FileTrouble() {}

  static String text(IOException e) {
    if (e instanceof NoSuchFileException none) {
      return "there is no " + none.getFile();
    }
    if (e instanceof AccessDeniedException) {
      return "this user may not";
    }
    if (e instanceof CharacterCodingException) {
      return "it is no text in UTF-8";
    }
    if (e instanceof FileSystemException failed && failed.getReason() != null) {
      return failed.getReason();
    }
    return Optional.ofNullable(e.getMessage()).orElse(e.toString());
  }
}
