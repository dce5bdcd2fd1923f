package dev.meshagent.controller.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meshagent.controller.registry.ResourceVersions;
import dev.meshagent.controller.store.Kind;
import dev.meshagent.controller.store.ResourceKey;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.store.journal.MemoryJournal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final ResourceKey KEY = new ResourceKey(Kind.WORKLOAD_ENTRY, "shop", "orders-a1");

  private static ObjectNode at(String address) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject("metadata").put("namespace", "shop").put("name", "orders-a1");
    document.putObject("spec").put("address", address);
    return document;
  }

  @Test
  void aLiveResourceThatIsSaidAgainAsItIsMakesNoEvent() throws Exception {
    ResourceVersions versions = ResourceVersions.inMemory(1);
    Catalog catalog =
        new Catalog(
            new JournaledStore(new MemoryJournal(), versions, () -> Instant.EPOCH), versions);
    List<Event> events = new ArrayList<>();
    catalog.watch(catalog.version(), events::add);
    catalog.live(KEY, at("10.0.0.1"));
    catalog.live(KEY, at("10.0.0.1"));
    assertThat(events).hasSize(1);
    assertThat(catalog.get(KEY).orElseThrow().version()).isEqualTo(events.get(0).version());
    catalog.live(KEY, at("10.0.0.2"));
    catalog.live(KEY, null);
    assertThat(events).hasSize(3);
    assertThat(catalog.get(KEY)).isEmpty();
  }
}
