package dev.meshagent.contract.framework;

import dev.meshagent.contract.BlockingClient;
import dev.meshagent.contract.Client;
import dev.meshagent.contract.Feature;
import dev.meshagent.contract.Library;
import dev.meshagent.contract.Options;
import dev.meshagent.contract.Reply;
import dev.meshagent.contract.Request;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.HeaderMap;
import retrofit2.http.POST;
import retrofit2.http.Url;

/** Retrofit, which stands on OkHttp. */
public final class RetrofitLibrary implements Library {
  /** A service as an application declares it. */
  interface Service {
    @GET
    Call<ResponseBody> get(@Url String url, @HeaderMap Map<String, String> headers);

    @POST
    Call<ResponseBody> post(
        @Url String url, @HeaderMap Map<String, String> headers, @Body RequestBody body);
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.of(Feature.BLOCKING, Feature.REDIRECTS, Feature.REPLACES_CLOSED);
  }

  @Override
  public Client open(Options options) {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .followRedirects(options.redirects)
            .readTimeout(
                options.timeoutMillis == 0 ? 30_000 : options.timeoutMillis, TimeUnit.MILLISECONDS)
            .build();
    Service service =
        new Retrofit.Builder()
            .client(http)
            .baseUrl("http://localhost/")
            .build()
            .create(Service.class);
    return new BlockingClient() {
      @Override
      public Reply call(Request request) throws IOException {
        Call<ResponseBody> call =
            request.body == null
                ? service.get(request.url, request.headers)
                : service.post(
                    request.url, request.headers, RequestBody.create(request.body.bytes(), null));
        Response<ResponseBody> response = call.execute();
        Reply.Builder reply = new Reply.Builder(response.code());
        response.headers().forEach(header -> reply.header(header.getFirst(), header.getSecond()));
        try (ResponseBody body = response.isSuccessful() ? response.body() : response.errorBody()) {
          if (body != null) {
            reply.read(body.byteStream(), request.readAtMost);
          }
        }
        return reply.build();
      }

      @Override
      public void close() {
        http.connectionPool().evictAll();
      }
    };
  }
}
