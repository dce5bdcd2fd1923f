package dev.meshagent.shop;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Shows an order (GET) or takes one (POST), and asks {@code inventory} about it each time. */
public final class Orders {
  private static final String INVENTORY = System.getProperty("shop.inventory", "http://inventory");

  private Orders() {}

  public static void main(String[] args) throws IOException {
    AtomicLong taken = new AtomicLong();
    Web web = new Web("orders", args);
    web.on(
        "/orders/",
        (method, item, body) -> {
          String stock = web.get(INVENTORY + "/stock/" + item);
          return method.equals("POST")
              ? "order " + taken.incrementAndGet() + " of " + item + " taken, " + stock
              : "order of " + item + ", " + stock;
        });
    web.start();
  }
}
