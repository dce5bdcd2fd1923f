package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.wire.Bounds;
import dev.meshagent.controller.write.Rejection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which bodies are read and changes made, in the order in which they came; so
 * that what a body may cost is spent once at a time. Thread-safe.
 */
public final class WriteQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

  /** Bodies that wait, each of at most {@link Bounds#BYTES}. */
  private static final int WAITING = 64;

  private static final KubeStatus FROM_A_PAGE =
      new KubeStatus(
          403, "Forbidden", "a page in a browser may not change the mesh; use kubectl or curl");

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          task -> {
            Thread thread = new Thread(task, "mesh-controller-writer");
            thread.setDaemon(true);
            return thread;
          });

  /** What is done with a request once its body is there. */
  interface Task {
    HttpResponse run(byte[] body) throws Rejection;
  }

  /** Takes the body in and runs the task when its turn comes. */
  HttpResponse submit(ServiceRequestContext ctx, HttpRequest request, Task task) {
    if (request.headers().contains(HttpHeaderNames.ORIGIN)) {
      return Json.failed(FROM_A_PAGE);
    }
    ctx.setMaxRequestLength(Bounds.BYTES);
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    request
        .aggregate()
        .handle(
            (body, problem) -> {
              if (problem != null) {
                response.complete(unreadable(problem));
              } else {
                enqueue(ctx, response, body, task);
              }
              return null;
            });
    return HttpResponse.of(response);
  }

  private static HttpResponse unreadable(Throwable problem) {
    Throwable cause = problem.getCause() == null ? problem : problem.getCause();
    return cause instanceof ContentTooLargeException || problem instanceof ContentTooLargeException
        ? Json.failed(Overlong.status(Bounds.BYTES))
        : Json.failed(KubeStatus.badRequest("the body could not be read: " + problem.getMessage()));
  }

  private void enqueue(
      ServiceRequestContext ctx,
      CompletableFuture<HttpResponse> response,
      AggregatedHttpRequest request,
      Task task) {
    try {
      thread.execute(
          () -> {
            // Whoever is told that time ran out has to be told so of what is not made.
            ctx.clearRequestTimeout();
            if (!ctx.isTimedOut()) {
              response.complete(run(request.content().array(), task));
            }
          });
    } catch (RejectedExecutionException e) {
      response.complete(
          Json.failed(
              new KubeStatus(
                  429,
                  "TooManyRequests",
                  WAITING + " changes are waiting; try again in a second")));
    }
  }

  private static HttpResponse run(byte[] body, Task task) {
    try {
      return task.run(body);
    } catch (Rejection e) {
      return Json.failed(KubeStatus.of(e));
    } catch (RuntimeException e) {
      LOG.error("a change failed; nothing of it was made", e);
      return Json.failed(
          new KubeStatus(500, "InternalError", "the change failed and was not made: " + e));
    }
  }

  /** Lets what waits end; returns when it has, or after a second. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
