package dev.meshagent.dist;

import static dev.meshagent.dist.ForkedJvm.agent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A library whose version does not fit works as without the agent. */
@Timeout(300)
class MisfitIT {
  private static final String CHANGED = "jdk/internal/net/http/MultiExchange.class";

  private static final List<String> MAIN =
      Arrays.asList(
          "import com.sun.net.httpserver.HttpServer;",
          "import java.net.*;",
          "import java.net.http.*;",
          "public class Main {",
          "  public static void main(String[] arguments) throws Exception {",
          "    InetAddress loopback = InetAddress.getLoopbackAddress();",
          "    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);",
          "    server.createContext(\"/\", exchange -> {",
          "      exchange.sendResponseHeaders(200, 6);",
          "      exchange.getResponseBody().write(\"served\".getBytes());",
          "      exchange.close();",
          "    });",
          "    server.start();",
          "    URI uri = URI.create(\"http://127.0.0.1:\" + server.getAddress().getPort());",
          "    HttpClient client = HttpClient.newHttpClient();",
          "    for (int i = 0; i < 2; i++) {",
          "      System.out.println(client.send(HttpRequest.newBuilder(uri).build(),",
          "          HttpResponse.BodyHandlers.ofString()).body());",
          "    }",
          "    server.stop(0);",
          "  }",
          "}");

  @TempDir Path directory;

  @Test
  void aLibraryThatDoesNotFitIsLeftAloneWithOneLine() throws Exception {
    assumeThat(System.getProperty("java.specification.version")).doesNotStartWith("1.");
    Path main = directory.resolve("Main.java");
    Files.write(main, MAIN);
    String classes = directory.resolve("classes").toString();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes, main.toString()))
        .isZero();
    ForkedJvm run =
        ForkedJvm.run(
            Arrays.asList(
                agent("log.level=warn"),
                "--patch-module",
                "java.net.http=" + patch(),
                "-cp",
                classes,
                "Main"));
    assertThat(run.exit).isZero();
    assertThat(run.out).isEqualTo("served\nserved\n");
    assertThat(run.err.split("\n"))
        .filteredOn(line -> line.contains("mesh-agent"))
        .singleElement()
        .asString()
        .contains(
            "jdk-httpclient is not applied: this version of the library does not fit",
            "MultiExchange.handleNoBody");
  }

  /** The JDK's client of a version in which a method that is woven has another name. */
  private Path patch() throws Exception {
    ByteArrayOutputStream original = new ByteArrayOutputStream();
    try (InputStream in = ClassLoader.getSystemResourceAsStream(CHANGED)) {
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        original.write(buffer, 0, count);
      }
    }
    String text = new String(original.toByteArray(), StandardCharsets.ISO_8859_1);
    String renamed = text.replace("handleNoBody", "handleNobody");
    assertThat(renamed).isNotEqualTo(text);
    Path patch = directory.resolve("patch");
    Path file = patch.resolve(CHANGED);
    Files.createDirectories(file.getParent());
    Files.write(file, renamed.getBytes(StandardCharsets.ISO_8859_1));
    return patch;
  }
}
