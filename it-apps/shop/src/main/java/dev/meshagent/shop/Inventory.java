package dev.meshagent.shop;

import java.io.IOException;

/**
 * Knows how many pieces of each item are left, and asks {@code shipping} how it is delivered,
 * unless {@code shop.shipping} is empty.
 */
public final class Inventory {
  private static final String SHIPPING = System.getProperty("shop.shipping", "http://shipping");

  private Inventory() {}

  public static void main(String[] args) throws IOException {
    Caller caller = new JdkCaller();
    new Web("inventory", args)
        .on(
            "/stock/",
            (method, item, body) -> {
              String stock = Math.floorMod(item.hashCode(), 10) + 10 + " in stock";
              return SHIPPING.isEmpty()
                  ? stock
                  : stock + ", " + caller.get(SHIPPING + "/delivery/" + item);
            })
        .start();
  }
}
