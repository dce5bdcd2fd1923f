package dev.meshagent.shop;

import java.io.IOException;

/** What customers see: every page is made of what {@code orders} says. */
public final class Storefront {
  private static final String ORDERS = System.getProperty("shop.orders", "http://orders");

  private Storefront() {}

  public static void main(String[] args) throws IOException {
    Caller caller = new OkHttpCaller();
    new Web("storefront", args)
        .on(
            "/shop/",
            (method, item, body) -> {
              String url = ORDERS + "/orders/" + item;
              return "welcome; "
                  + (method.equals("POST") ? caller.post(url, body) : caller.get(url));
            })
        .start();
  }
}
