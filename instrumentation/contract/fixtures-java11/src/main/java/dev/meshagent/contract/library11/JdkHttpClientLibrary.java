package dev.meshagent.contract.library11;

import dev.meshagent.contract.Body;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/** {@link HttpClient} of the JDK. */
public final class JdkHttpClientLibrary implements Library {
  @Override
  public Set<Feature> features() {
    return EnumSet.of(
        Feature.BLOCKING,
        Feature.REDIRECTS,
        Feature.PROXY,
        Feature.ASYNC,
        Feature.HTTP2,
        Feature.H2C,
        Feature.COOKIES,
        Feature.AUTHENTICATION,
        Feature.EXPECT_CONTINUE,
        Feature.RESPONSE_URI,
        Feature.INTERRUPT,
        Feature.CHUNKED_BODY,
        Feature.ABANDONS,
        Feature.INFORMATIONAL,
        Feature.CHECKS_LENGTH,
        Feature.UNLOADS,
        Feature.CANCELS_STREAM,
        Feature.REPLACES_CLOSED);
  }

  @Override
  public Client open(Options options) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(options.http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .followRedirects(
                options.redirects ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER);
    if (options.cookies) {
      builder.cookieHandler(new CookieManager());
    }
    if (options.user != null) {
      builder.authenticator(
          new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
              return new PasswordAuthentication(options.user, options.password.toCharArray());
            }
          });
    }
    if (options.proxyPort != 0) {
      builder.proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", options.proxyPort)));
    }
    return new Calls(builder.build(), options);
  }

  private static final class Calls implements Client {
    private final HttpClient client;
    private final Options options;

    Calls(HttpClient client, Options options) {
      this.client = client;
      this.options = options;
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
      HttpResponse<InputStream> response =
          client.send(written(request), BodyHandlers.ofInputStream());
      return read(request, response);
    }

    @Override
    public CompletableFuture<Reply> start(Request request) {
      AtomicReference<Reply.Builder> builder = new AtomicReference<>();
      CompletableFuture<HttpResponse<Void>> call =
          client.sendAsync(
              written(request),
              head -> {
                builder.set(new Reply.Builder(head.statusCode()));
                return HttpResponse.BodySubscribers.ofByteArrayConsumer(
                    some -> some.ifPresent(bytes -> builder.get().append(bytes, 0, bytes.length)));
              });
      CompletableFuture<Reply> promise =
          new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
              call.cancel(true);
              return super.cancel(mayInterrupt);
            }
          };
      call.whenComplete(
          (response, failure) -> {
            if (failure != null) {
              promise.completeExceptionally(failure);
            } else {
              promise.complete(describe(builder.get(), response).build());
            }
          });
      return promise;
    }

    private HttpRequest written(Request request) {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(URI.create(request.url))
              .method(
                  request.method,
                  request.body == null ? BodyPublishers.noBody() : publisher(request.body));
      request.headers.forEach(builder::header);
      if (options.expectContinue) {
        builder.expectContinue(true);
      }
      if (options.responseTimeoutMillis() != 0) {
        builder.timeout(Duration.ofMillis(options.responseTimeoutMillis()));
      }
      return builder.build();
    }

    private static BodyPublisher publisher(Body body) {
      switch (body.kind) {
        case KNOWN:
          return BodyPublishers.ofByteArray(body.bytes());
        case CHUNKED:
          return BodyPublishers.ofInputStream(body::stream);
        default:
          BodyPublisher stream = BodyPublishers.ofInputStream(body::stream);
          return BodyPublishers.fromPublisher((Flow.Publisher<java.nio.ByteBuffer>) stream);
      }
    }

    private static Reply read(Request request, HttpResponse<InputStream> response)
        throws IOException {
      try (InputStream body = response.body()) {
        return describe(new Reply.Builder(response.statusCode()), response)
            .read(body, request.readAtMost)
            .build();
      }
    }

    private static Reply.Builder describe(Reply.Builder reply, HttpResponse<?> response) {
      reply.protocol(response.version().toString()).uri(response.uri());
      response
          .headers()
          .map()
          .forEach((name, values) -> values.forEach(value -> reply.header(name, value)));
      return reply;
    }

    @Override
    public Object own() {
      return client;
    }

    @Override
    public void close() {
      // A client of the JDK ends when nobody holds it any more; close() came with 21.
    }
  }
}
