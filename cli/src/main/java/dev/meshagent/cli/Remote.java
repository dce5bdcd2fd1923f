package dev.meshagent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import picocli.CommandLine.Option;

/** The controller that a verb talks to, as its options say. */
final class Remote {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(5);

  /** The longest wait that the controller allows, and some. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(70);

  @Option(
      names = "--controller",
      paramLabel = "URL",
      defaultValue = "${MESH_CONTROLLER:-http://127.0.0.1:15010}",
      description = "Where the controller is (MESH_CONTROLLER; default: http://127.0.0.1:15010).")
  private URI controller;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Where the token is, if the controller wants one (or MESH_TOKEN has it).")
  private Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "Certificates in PEM by which the controller is trusted (MESH_CONTROLLER_CA; default:"
              + " those of the JDK). One that speaks TLS by a certificate of its own has it in"
              + " tls.pem of its --data.")
  private Path ca;

  private HttpClient http;

  URI uri() {
    return controller;
  }

  /** The token to show, if there is one. */
  Optional<String> token() {
    if (tokenFile == null) {
      return environment("MESH_TOKEN");
    }
    try {
      return Optional.of(Files.readString(tokenFile).strip());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.REFUSED, "cannot read the token in " + tokenFile + ": " + FileTrouble.text(e));
    }
  }

  /** The file of the certificates by which the controller is trusted, if one is named. */
  Optional<Path> ca() {
    return Optional.ofNullable(ca).or(() -> environment("MESH_CONTROLLER_CA").map(Path::of));
  }

  private static Optional<String> environment(String variable) {
    return Optional.ofNullable(System.getenv(variable)).filter(text -> !text.isBlank());
  }

  private HttpClient http() {
    if (http == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECTS_WITHIN);
      ca().ifPresent(file -> builder.sslContext(Trust.in(file)));
      http = builder.build();
    }
    return http;
  }

  JsonNode get(String path) {
    return get(path, "application/json");
  }

  JsonNode get(String path, String accept) {
    return json(send(request(path).header("Accept", accept).GET()));
  }

  JsonNode post(String path, String contentType, String body) {
    return json(
        send(
            request(path)
                .header("Content-Type", contentType)
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString(body))));
  }

  /**
   * Writes what the controller answers into a file that is not there yet, and that its owner alone
   * may read from its first moment on.
   *
   * @throws IOException if it cannot be written
   */
  void download(String path, Path file) throws IOException {
    HttpResponse<InputStream> response =
        answer(request(path).GET().build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() >= 300) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        throw new Failure(ExitCode.REFUSED, Refusals.text(response.statusCode(), text));
      }
      Files.createFile(file, ownerOnly());
      try (OutputStream out = Files.newOutputStream(file)) {
        body.transferTo(out);
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request;
    try {
      request =
          HttpRequest.newBuilder(controller.resolve(path))
              .timeout(ANSWERS_WITHIN)
              // The controller names the owner of fields by it.
              .header("User-Agent", MeshCli.userAgent());
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.NO_CONTROLLER,
          controller + " is no address of a controller; write one such as http://127.0.0.1:15010");
    }
    token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    HttpResponse<String> response = answer(request.build(), BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new Failure(ExitCode.REFUSED, Refusals.text(response.statusCode(), response.body()));
    }
    return response;
  }

  private <T> HttpResponse<T> answer(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http().send(request, handler);
    } catch (ConnectException e) {
      throw new Failure(
          ExitCode.NO_CONTROLLER,
          "no controller answers at "
              + controller
              + "; start one with ./mesh controller, or say where it is with --controller");
    } catch (SSLHandshakeException e) {
      throw new Failure(
          ExitCode.NO_CONTROLLER,
          controller
              + " is not trusted ("
              + e.getMessage()
              + "); name its certificate with --ca FILE: tls.pem in the directory of its --data, if"
              + " it has made its own");
    } catch (IOException e) {
      throw new Failure(ExitCode.NO_CONTROLLER, controller + " broke off: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.NO_CONTROLLER, "interrupted");
    }
  }

  private JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.NO_CONTROLLER, controller + " does not answer as a controller does: no JSON");
    }
  }
}
