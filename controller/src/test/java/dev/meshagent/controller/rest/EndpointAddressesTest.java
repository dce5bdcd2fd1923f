package dev.meshagent.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.controller.ControllerSettings;
import dev.meshagent.controller.loop.VirtualLoop;
import dev.meshagent.controller.push.Directory;
import dev.meshagent.controller.registry.Registration;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.registry.WorkloadPort;
import dev.meshagent.controller.registry.WorkloadRegistry;
import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.engine.snapshot.ServiceId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointAddressesTest {
  private static final ServiceId ORDERS = new ServiceId("default", "orders");

  @Test
  void anEndpointThatIsGoneIsShownWhereItWas() {
    VirtualLoop loop = new VirtualLoop();
    WorkloadRegistry registry =
        new WorkloadRegistry(
            loop, ControllerSettings.LEASE.toNanos(), ResourceVersions.inMemory(1));
    Directory directory = new Directory(loop, registry, "e1");
    EndpointAddresses addresses = new EndpointAddresses(directory);
    registry.listen(directory);
    registry.listen(addresses);
    registry.register(
        new Registration(
            "a1",
            ORDERS,
            List.of("fd00::7"),
            List.of(new WorkloadPort("http", 8080)),
            1,
            Locality.UNKNOWN,
            Map.of()));
    assertThat(addresses.find(ORDERS, "a1")).contains("[fd00::7]:8080");
    registry.leave("a1");
    assertThat(directory.find(ORDERS)).isEmpty();
    assertThat(addresses.find(ORDERS, "a1")).contains("[fd00::7]:8080");
    assertThat(addresses.find(ORDERS, "a2")).isEmpty();
  }
}
