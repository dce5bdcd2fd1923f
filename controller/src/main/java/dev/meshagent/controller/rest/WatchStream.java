package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.StreamWriter;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.catalog.Catalog;
import dev.meshagent.controller.catalog.Event;
import dev.meshagent.controller.catalog.Gone;
import dev.meshagent.controller.store.Resource;
import dev.meshagent.controller.wire.JsonText;
import dev.meshagent.controller.write.Rejection;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * One watch: events in JSON, each a line of a response or a message of a WebSocket, for as long as
 * the client reads them. A client that does not keep up is let go and lists again. Its own state
 * belongs to the request's event loop.
 */
final class WatchStream {
  /** Events that may wait for the client. */
  private static final int WAITING = 8192;

  /** Events that go out together. */
  private static final int TOGETHER = 128;

  /** Seconds; what client-go expects at the least is one a minute. */
  private static final int BOOKMARK_SECONDS = 30;

  /** Seconds for who names no time, so that forgotten watches end. */
  private static final int AT_MOST = 3600;

  /** A line to come: an event, or with none a bookmark. */
  private record Line(Optional<Event> event, long version, boolean initialEnd) {}

  private final ServiceRequestContext ctx;
  private final Catalog catalog;
  private final Selection selection;
  private final Presentation as;
  private final StreamWriter<?> out;

  /** Writes events to what {@link #out} is; false if it is closed. */
  private final Predicate<List<byte[]>> write;

  private final Queue<Line> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private boolean writing;
  private long told;

  private WatchStream(
      ServiceRequestContext ctx,
      Catalog catalog,
      Selection selection,
      Presentation as,
      StreamWriter<?> out,
      Predicate<List<byte[]>> write) {
    this.ctx = ctx;
    this.catalog = catalog;
    this.selection = selection;
    this.as = as;
    this.out = out;
    this.write = write;
  }

  /**
   * Starts a watch whose events are lines of the response.
   *
   * @throws Gone if it is to start too far back
   */
  static HttpResponse open(ServiceRequestContext ctx, Catalog catalog, Presentation as)
      throws Rejection, Gone {
    HttpResponseWriter out = HttpResponse.streaming();
    out.write(ResponseHeaders.of(HttpStatus.OK, "content-type", MediaType.JSON.toString()));
    start(ctx, catalog, as, out, events -> out.tryWrite(HttpData.wrap(lines(events))));
    return out;
  }

  /**
   * Starts a watch whose events are messages of a WebSocket.
   *
   * @throws Gone if it is to start too far back
   */
  static void open(ServiceRequestContext ctx, Catalog catalog, Presentation as, WebSocketWriter out)
      throws Rejection, Gone {
    start(
        ctx,
        catalog,
        as,
        out,
        events ->
            events.stream().allMatch(e -> out.tryWrite(new String(e, StandardCharsets.UTF_8))));
  }

  private static byte[] lines(List<byte[]> events) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (byte[] event : events) {
      lines.writeBytes(event);
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  private static void start(
      ServiceRequestContext ctx,
      Catalog catalog,
      Presentation as,
      StreamWriter<?> out,
      Predicate<List<byte[]>> write)
      throws Rejection, Gone {
    QueryParams query = ctx.queryParams();
    Selection selection = Selection.of(as.target(), query);
    long from = Reads.version(query);
    int seconds = Reads.number(query, "timeoutSeconds");
    boolean bookmarks = Boolean.parseBoolean(query.get("allowWatchBookmarks", "false"));
    boolean initial = Boolean.parseBoolean(query.get("sendInitialEvents", "false"));
    WatchStream stream = new WatchStream(ctx, catalog, selection, as, out, write);
    ctx.clearRequestTimeout();
    Runnable stop =
        from == 0 || initial
            ? catalog.watchFromNow(
                selection.target().kind(),
                listing -> {
                  for (Resource resource : listing.items()) {
                    stream.add(
                        new Event(
                            resource.version(),
                            resource.key(),
                            Optional.empty(),
                            Optional.of(resource)));
                  }
                  if (initial) {
                    stream.add(new Line(Optional.empty(), listing.version(), true));
                  }
                },
                stream::add)
            : catalog.watch(from, stream::add);
    out.whenComplete().whenComplete((done, problem) -> stop.run());
    ctx.eventLoop()
        .schedule(
            () -> out.close(),
            seconds == 0 ? AT_MOST : Math.min(seconds, AT_MOST),
            TimeUnit.SECONDS);
    if (bookmarks) {
      stream.bookmarkLater();
    }
  }

  private void bookmarkLater() {
    ctx.eventLoop()
        .schedule(
            () -> {
              if (out.isOpen()) {
                add(new Line(Optional.empty(), catalog.version(), false));
                bookmarkLater();
              }
            },
            BOOKMARK_SECONDS,
            TimeUnit.SECONDS);
  }

  private void add(Event event) {
    if (event.before().filter(selection::covers).isPresent()
        || event.after().filter(selection::covers).isPresent()) {
      add(new Line(Optional.of(event), event.version(), false));
    }
  }

  private void add(Line line) {
    if (size.incrementAndGet() > WAITING) {
      out.close();
      return;
    }
    waiting.add(line);
    ctx.eventLoop().execute(this::pump);
  }

  private void pump() {
    if (writing || waiting.isEmpty() || !out.isOpen()) {
      return;
    }
    List<byte[]> events = new ArrayList<>();
    Line line;
    for (int i = 0; i < TOGETHER && (line = waiting.poll()) != null; i++) {
      size.decrementAndGet();
      write(events, line);
    }
    if (!events.isEmpty() && write.test(events)) {
      writing = true;
      out.whenConsumed()
          .thenRun(
              () ->
                  ctx.eventLoop()
                      .execute(
                          () -> {
                            writing = false;
                            pump();
                          }));
    }
  }

  private void write(List<byte[]> events, Line line) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (line.event().isPresent()) {
      told = Math.max(told, line.version());
      event(node, line.event().get());
    } else if (line.version() >= told) {
      told = line.version();
      node.put("type", "BOOKMARK");
      node.set("object", bookmark(line));
    } else {
      return;
    }
    events.add(JsonText.write(node));
  }

  private ObjectNode bookmark(Line line) {
    ObjectNode object;
    if (as.form() == Presentation.Form.TABLE) {
      object = Tables.table(as, List.of(), line.version(), System.currentTimeMillis());
    } else {
      object = JsonNodeFactory.instance.objectNode();
      object.put("kind", as.target().kind().kind);
      object.put("apiVersion", as.target().apiVersion());
      object.putObject("metadata").put("resourceVersion", Long.toString(line.version()));
    }
    if (line.initialEnd()) {
      object.withObject("/metadata/annotations").put("k8s.io/initial-events-end", "true");
    }
    return object;
  }

  private void event(ObjectNode node, Event event) {
    Optional<Resource> before = event.before().filter(selection::covers);
    Optional<Resource> after = event.after().filter(selection::covers);
    long now = System.currentTimeMillis();
    if (after.isPresent()) {
      node.put("type", before.isPresent() ? "MODIFIED" : "ADDED");
      node.set("object", as.one(after.get(), now));
    } else {
      // What is gone, or is no longer among those that are watched, as it was, at the event's
      // version.
      ObjectNode last = before.orElseThrow().document().deepCopy();
      last.withObject("/metadata").put("resourceVersion", Long.toString(event.version()));
      node.put("type", "DELETED");
      node.set("object", as.one(new Resource(event.key(), last, event.version()), now));
    }
  }
}
