package dev.meshagent.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.testbed.Edge;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeTableTest {
  private final EdgeTable table = new EdgeTable(Map.of("127.0.0.1:4001", "orders-1"));

  private static Edge edge(String from, String to, Edge.Share... endpoints) {
    return new Edge(from, to, "jdk-httpclient", 200, 200, 1, 1234, 5678, 2, List.of(endpoints));
  }

  @Test
  void theOutermostCallerComesFirst() {
    List<String> rows =
        table.rows(
            List.of(
                edge("orders", "inventory"),
                edge("storefront", "orders"),
                edge("customers", "storefront")));

    assertThat(rows).hasSize(3);
    assertThat(rows.get(0)).startsWith("customers -> storefront");
    assertThat(rows.get(1)).startsWith("storefront -> orders");
    assertThat(rows.get(2)).startsWith("orders -> inventory");
  }

  @Test
  void servicesThatCallInACircleAreShownToo() {
    assertThat(table.rows(List.of(edge("a", "b"), edge("b", "a")))).hasSize(2);
  }

  @Test
  void aRowTellsRateSuccessLatencyAndShares() {
    Edge edge =
        edge(
            "storefront",
            "orders",
            new Edge.Share("127.0.0.1:4001", 150, 0.75, false),
            new Edge.Share("127.0.0.1:4002", 50, 0.25, true));

    assertThat(table.rows(List.of(edge)).get(0).split("\\s{2,}"))
        .containsExactly(
            "storefront -> orders",
            "jdk-httpclient",
            "200",
            "99.50%",
            "1.2 ms",
            "5.7 ms",
            "127.0.0.1:4002 25% (ejected)",
            "orders-1 75%");
  }
}
