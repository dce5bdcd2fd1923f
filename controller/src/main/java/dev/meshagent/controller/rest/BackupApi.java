package dev.meshagent.controller.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.meshagent.controller.store.StoreFailure;
import dev.meshagent.controller.store.journal.JournaledStore;
import dev.meshagent.controller.write.Rejection;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /mesh/v1/backup}: all that the store holds at one moment, as one file that can take
 * its place. It is made beside the store, where a disk with room for one should have room for two,
 * and deleted when it has been sent.
 */
public final class BackupApi implements HttpService {
  public static final String PATH = "/mesh/v1/backup";

  private static final Logger LOG = LoggerFactory.getLogger(BackupApi.class);

  private static final String PREFIX = "backup-";
  private static final String SUFFIX = ".part";
  private static final MediaType SQLITE = MediaType.parse("application/vnd.sqlite3");
  private static final Duration SENT_WITHIN = Duration.ofMinutes(10);

  private final JournaledStore store;
  private final Optional<Path> data;
  private final AtomicLong number = new AtomicLong();

  /**
   * Removes what a controller that was killed has left behind.
   *
   * @param data the directory of the store; empty if nothing is kept
   * @throws IOException if the directory cannot be read
   */
  public BackupApi(JournaledStore store, Optional<Path> data) throws IOException {
    this.store = store;
    this.data = data;
    if (data.isPresent()) {
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(data.get(), PREFIX + "*" + SUFFIX)) {
        left.forEach(BackupApi::delete);
      }
    }
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    if (data.isEmpty()) {
      return Json.failed(
          KubeStatus.of(
              Rejection.badRequest(
                  "this controller keeps nothing that could be backed up; start it with --data")));
    }
    Path copy = data.get().resolve(PREFIX + number.incrementAndGet() + SUFFIX);
    ctx.setRequestTimeout(SENT_WITHIN);
    return HttpResponse.of(
        CompletableFuture.supplyAsync(() -> send(copy), ctx.blockingTaskExecutor()));
  }

  private HttpResponse send(Path copy) {
    try {
      store.copyTo(copy);
      ResponseHeaders headers =
          ResponseHeaders.builder(HttpStatus.OK)
              .contentType(SQLITE)
              .contentLength(Files.size(copy))
              .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"mesh.db\"")
              .build();
      StreamMessage<HttpData> content = StreamMessage.of(copy);
      content.whenComplete().whenComplete((sent, problem) -> delete(copy));
      return HttpResponse.of(headers, content);
    } catch (StoreFailure | IOException e) {
      delete(copy);
      return Json.failed(KubeStatus.of(Rejection.notStored(e.getMessage())));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} is of no use any more and cannot be deleted: {}", file, e.toString());
    }
  }
}
