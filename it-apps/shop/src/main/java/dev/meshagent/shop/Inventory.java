package dev.meshagent.shop;

import java.io.IOException;

/** Knows how many pieces of each item are left. Calls nobody. */
public final class Inventory {
  private Inventory() {}

  public static void main(String[] args) throws IOException {
    new Web("inventory", args)
        .on("/stock/", (method, item, body) -> item.hashCode() % 10 + 10 + " in stock")
        .start();
  }
}
