package dev.meshagent.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.scripted.Weaving;
import dev.meshagent.spi.Mesh;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServerStartTest {
  @BeforeAll
  static void weave() throws Exception {
    Weaving.ensure(new GrpcServerModule());
  }

  @AfterEach
  void uninstall() {
    Mesh.install(null);
  }

  @Test
  void aServerSaysThatItsPortSpeaksGrpc() throws Exception {
    LocalMesh mesh = new LocalMesh();
    Mesh.install(mesh);
    try (EchoServer server = EchoServer.start("a")) {
      assertThat(mesh.listeners.protocols).containsOnly(Map.entry(server.port(), "grpc"));
    }
  }
}
