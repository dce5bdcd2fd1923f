package dev.meshagent.contract.framework;

import dev.meshagent.contract.BlockingClient;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import feign.Feign;
import feign.HeaderMap;
import feign.RequestLine;
import feign.Response;
import feign.Retryer;
import feign.Target;
import feign.okhttp.OkHttpClient;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** OpenFeign over OkHttp. */
public final class FeignLibrary implements Library {
  /** A service as an application declares it. */
  interface Service {
    @RequestLine("GET")
    Response get(URI uri, @HeaderMap Map<String, Object> headers);

    @RequestLine("POST")
    Response post(URI uri, @HeaderMap Map<String, Object> headers, byte[] body);
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.of(Feature.BLOCKING, Feature.REDIRECTS, Feature.REPLACES_CLOSED);
  }

  @Override
  public Client open(Options options) {
    okhttp3.OkHttpClient http = new okhttp3.OkHttpClient();
    Service service =
        Feign.builder()
            .client(new OkHttpClient(http))
            .retryer(Retryer.NEVER_RETRY)
            .options(
                new feign.Request.Options(
                    10,
                    TimeUnit.SECONDS,
                    options.timeoutMillis == 0 ? 30_000 : options.timeoutMillis,
                    TimeUnit.MILLISECONDS,
                    options.redirects))
            .target(Target.EmptyTarget.create(Service.class));
    return new BlockingClient() {
      @Override
      public Reply call(Request request) throws IOException {
        URI uri = URI.create(request.url);
        Map<String, Object> headers = new HashMap<>(request.headers);
        try (Response response =
            request.body == null
                ? service.get(uri, headers)
                : service.post(uri, headers, request.body.bytes())) {
          Reply.Builder reply = new Reply.Builder(response.status());
          response
              .headers()
              .forEach((name, values) -> values.forEach(value -> reply.header(name, value)));
          if (response.body() != null) {
            reply.read(response.body().asInputStream(), request.readAtMost);
          }
          return reply.build();
        }
      }

      @Override
      public void close() {
        http.connectionPool().evictAll();
      }
    };
  }
}
