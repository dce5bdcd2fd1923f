package dev.meshagent.shop;

import java.io.IOException;

/** How a service calls others over HTTP: each with another library, as in most companies. */
interface Caller {
  /** No call takes longer, in milliseconds. */
  int TIMEOUT_MILLIS = 10_000;

  /**
   * Sends a request and reads the answer.
   *
   * @param body of a POST; null for a GET
   */
  Answer send(String url, String body) throws IOException, InterruptedException;

  default String get(String url) throws IOException, InterruptedException {
    return checked(url, send(url, null));
  }

  default String post(String url, String body) throws IOException, InterruptedException {
    return checked(url, send(url, body));
  }

  private static String checked(String url, Answer answer) throws IOException {
    if (answer.status != 200) {
      throw new IOException(url + " answered " + answer.status + ": " + answer.body.trim());
    }
    return answer.body;
  }

  /** What a server answered. */
  final class Answer {
    final int status;
    final String body;

    Answer(int status, String body) {
      this.status = status;
      this.body = body;
    }
  }
}
