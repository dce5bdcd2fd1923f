package dev.meshagent.shop;

import java.io.IOException;

/** What customers see: every page is made of what {@code orders} says. */
public final class Storefront {
  private static final String ORDERS = System.getProperty("shop.orders", "http://orders");

  private Storefront() {}

  public static void main(String[] args) throws IOException {
    Web web = new Web("storefront", args);
    web.on(
        "/shop/",
        (method, item, body) -> {
          String url = ORDERS + "/orders/" + item;
          return "welcome; " + (method.equals("POST") ? web.post(url, body) : web.get(url));
        });
    web.start();
  }
}
