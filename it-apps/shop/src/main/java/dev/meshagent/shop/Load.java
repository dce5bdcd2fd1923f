package dev.meshagent.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Customers: calls a service from many threads and counts every failure. An exception and any
 * status but 200 is one. The first hundred are printed with the time at which the call began.
 *
 * <p>Exits with 0 if nothing failed, 1 if something did, 2 if an option was wrong. Ends after
 * {@code --seconds}, or without it when its standard input ends.
 */
public final class Load {
  private static final String USAGE =
      "usage: Load [--url http://storefront/shop/] [--callers 20] [--rate CALLS_PER_SECOND]"
          + " [--posts PERCENT] [--seconds N]"
          + " [--header NAME:VALUE]";
  private static final int PRINTED_FAILURES = 100;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final String url;
  private final int callers;
  private final long pauseNanos;
  private final int posts;

  /** Name and value; one part alone for none. */
  private final String[] header;

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicLong gets = new AtomicLong();
  private final AtomicLong posted = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);

  private Load(Map<String, String> options) {
    url = options.getOrDefault("--url", "http://storefront/shop/");
    callers = Integer.parseInt(options.getOrDefault("--callers", "20"));
    long rate = Long.parseLong(options.getOrDefault("--rate", "0"));
    pauseNanos = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * callers / rate;
    header = options.getOrDefault("--header", "").split(":", 2);
    posts = Integer.parseInt(options.getOrDefault("--posts", "0"));
  }

  public static void main(String[] args) throws InterruptedException, IOException {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      boolean known =
          List.of("--url", "--callers", "--rate", "--posts", "--seconds", "--header")
              .contains(args[i]);
      if (!known || i + 1 == args.length) {
        System.err.println((known ? "no value for " : "unknown option ") + args[i] + "\n" + USAGE);
        System.exit(2);
      }
      options.put(args[i], args[i + 1]);
    }
    boolean clean = new Load(options).run(options.get("--seconds"));
    System.exit(clean ? 0 : 1);
  }

  private boolean run(String seconds) throws InterruptedException, IOException {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    clock.scheduleAtFixedRate(() -> System.out.println(summary()), 1, 1, TimeUnit.SECONDS);
    List<Thread> threads = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      int number = caller;
      Thread thread = new Thread(() -> callUntilStopped(number), "caller-" + caller);
      thread.start();
      threads.add(thread);
    }
    if (seconds != null) {
      TimeUnit.SECONDS.sleep(Long.parseLong(seconds));
    } else {
      while (System.in.read() >= 0) {}
    }
    stop.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    clock.shutdownNow();
    System.out.println(summary());
    return failed.get() == 0;
  }

  private String summary() {
    return "load: " + gets + " GET, " + posted + " POST, " + failed + " failed";
  }

  private void callUntilStopped(int caller) {
    long next = System.nanoTime() + pauseNanos * caller / callers;
    try {
      for (long i = caller; !stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS); i++) {
        call(i * 37 % 100 < posts, "item-" + i % 50);
        next = Math.max(next + pauseNanos, System.nanoTime() - pauseNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void call(boolean post, String item) throws InterruptedException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + item));
    if (post) {
      builder.POST(HttpRequest.BodyPublishers.ofString("one of " + item));
    }
    if (header.length == 2) {
      builder.header(header[0], header[1]);
    }
    HttpRequest request = builder.timeout(CALL_TIMEOUT).build();
    Instant began = Instant.now();
    String failure;
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      int status = response.statusCode();
      failure = status == 200 ? null : "answered " + status + ": " + response.body();
    } catch (IOException e) {
      failure = e.toString();
    }
    (post ? posted : gets).incrementAndGet();
    if (failure != null && failed.incrementAndGet() <= PRINTED_FAILURES) {
      System.out.println(
          "failed: "
              + request.method()
              + " begun "
              + began
              + " "
              + url
              + item
              + " "
              + failure.replace('\n', ' '));
    }
  }
}
