package dev.meshagent.shop;

import java.io.IOException;

/** Knows who delivers an item, and asks {@code carriers} how long that takes. */
public final class Shipping {
  private static final String CARRIERS = System.getProperty("shop.carriers", "http://carriers");

  private Shipping() {}

  public static void main(String[] args) throws IOException {
    Caller caller = new Apache4Caller();
    new Web("shipping", args)
        .on(
            "/delivery/",
            (method, item, body) -> "delivered in " + caller.get(CARRIERS + "/days/" + item))
        .start();
  }
}
