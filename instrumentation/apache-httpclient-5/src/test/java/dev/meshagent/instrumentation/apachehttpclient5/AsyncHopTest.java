package dev.meshagent.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.call.Attempt;
import dev.meshagent.engine.call.Outcome;
import dev.meshagent.engine.call.Outcome.Failure;
import dev.meshagent.engine.call.Step;
import dev.meshagent.scripted.Answer;
import dev.meshagent.scripted.BodyBehaviours;
import dev.meshagent.scripted.ScriptedAttempt;
import dev.meshagent.scripted.ScriptedMesh;
import dev.meshagent.scripted.ScriptedMesh.Call;
import dev.meshagent.scripted.TestServers;
import dev.meshagent.scripted.Waker;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultAuthenticationStrategy;
import org.apache.hc.client5.http.impl.async.AsyncConnectExec;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As {@link ClassicHopTest}, for the asynchronous client. */
class AsyncHopTest extends BodyBehaviours {
  /** What the library made for the exchange that was begun last. */
  private final AtomicReference<AsyncExecRuntime> given = new AtomicReference<>();

  private final CloseableHttpAsyncClient client =
      HttpAsyncClientBuilder.create()
          .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
          .disableAutomaticRetries()
          .replaceExecInterceptor(
              ChainElement.CONNECT.name(),
              (AsyncExecChainHandler)
                  AsyncMeshExec.around(
                      new AsyncConnectExec(
                          new DefaultHttpProcessor(new HttpRequestInterceptor[0]),
                          DefaultAuthenticationStrategy.INSTANCE)))
          .addExecInterceptorFirst(
              "given",
              (request, producer, scope, chain, callback) -> {
                given.set(scope.execRuntime);
                chain.proceed(request, producer, scope, callback);
              })
          .build();

  @BeforeEach
  void start() {
    client.start();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
  }

  @Test
  void onlyWhatNothingBreaksOffIsSentWithTheRuntimeThatTheLibraryGoesOnWith() throws Exception {
    Queue<Boolean> used = new ConcurrentLinkedQueue<>();
    InetSocketAddress server =
        servers.start(
            exchange -> {
              used.add(given.get().isEndpointAcquired());
              TestServers.answer(exchange, 200, "");
            });
    mesh.script("unlimited", head -> new Call(head).then(ScriptedMesh.attempt(server)));
    long minute = TimeUnit.MINUTES.toNanos(1);
    mesh.script("limited", head -> new Call(head).then(ScriptedMesh.attempt(server, minute)));
    send("GET", "http://unlimited/");
    send("GET", "http://limited/");
    assertThat(used).containsExactly(true, false);
  }

  @Test
  void theContextSaysOfAWrittenAnswerWhatItSaysOfAServers() throws Exception {
    mesh.script(
        "orders", head -> new Call(head).then(new Step.Respond(418, Map.of(), new byte[0])));
    HttpClientContext context = HttpClientContext.create();
    client
        .execute(new SimpleHttpRequest("GET", URI.create("http://orders/tea")), context, null)
        .get();
    assertThat(context.getRequest().getPath()).isEqualTo("/tea");
    assertThat(context.getResponse().getCode()).isEqualTo(418);
    assertThat(context.getResponse().getReasonPhrase()).isEqualTo("I'm a teapot");
    assertThat(context.getHttpRoute().getTargetHost().getHostName()).isEqualTo("orders");
  }

  @Test
  void howLongAHedgeMayConnectIsNotWrittenIntoTheApplicationsContext() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    ScriptedAttempt slow =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  hedged.await();
                  TestServers.answer(exchange, 200, "slow");
                }));
    slow.hedgeAfterNanos = 1;
    ScriptedAttempt hedge =
        ScriptedMesh.attempt(
            servers.start(
                exchange -> {
                  hedged.countDown();
                  answered.await();
                }));
    hedge.connectTimeoutNanos = TimeUnit.SECONDS.toNanos(77);
    mesh.script("orders", head -> new Call(head).then(slow).then(hedge));
    Queue<RequestConfig> written = new ConcurrentLinkedQueue<>();
    HttpClientContext context =
        new HttpClientContext() {
          @Override
          public void setRequestConfig(RequestConfig config) {
            written.add(config);
            super.setRequestConfig(config);
          }
        };
    SimpleHttpRequest request = new SimpleHttpRequest("GET", URI.create("http://orders/"));
    assertThat(client.execute(request, context, null).get().getBodyText()).isEqualTo("slow");
    answered.countDown();
    assertThat(written)
        .extracting(RequestConfig::getConnectTimeout)
        .doesNotContain(Timeout.ofSeconds(77));
  }

  @Test
  void theEndpointIsFreeAgainWhenTheBodyIsAtItsEnd() throws Exception {
    mesh.service("orders", servers.echo("x"));
    send("GET", "http://orders/", null);
    mesh.calls.element().released.await();
  }

  @Test
  void aCallOverAKeptConnectionIsBrokenOffWhenItIsCancelled() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch brokenOff = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    InetSocketAddress server =
        servers.start(
            exchange -> {
              if (requests.incrementAndGet() == 1) {
                TestServers.answer(exchange, 200, "kept");
              } else {
                arrived.countDown();
                brokenOff.await();
              }
            });
    mesh.script(
        "orders",
        head ->
            new Call(head) {
              @Override
              public Verdict finish(Attempt attempt, Outcome outcome) {
                Verdict verdict = super.finish(attempt, outcome);
                if (outcome.failure == Failure.CANCELLED) {
                  brokenOff.countDown();
                }
                return verdict;
              }
            }.then(ScriptedMesh.attempt(server)));
    send("GET", "http://orders/");
    Future<SimpleHttpResponse> second =
        client.execute(new SimpleHttpRequest("GET", URI.create("http://orders/")), null);
    arrived.await();
    second.cancel(true);
    brokenOff.await();
  }

  @Test
  void anAttemptIsNotSentWhenTheCallWasCancelledWhileTheEngineMadeIt() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    InetSocketAddress server =
        servers.start(
            exchange -> {
              requests.incrementAndGet();
              TestServers.answer(exchange, 200, "");
            });
    AtomicReference<Future<?>> future = new AtomicReference<>();
    Waker waker = new Waker();
    mesh.script(
        "orders",
        head ->
            new Call(head) {
              @Override
              public Step next() {
                Step step = super.next();
                if (step != waker) {
                  future.get().cancel(true);
                }
                return step;
              }
            }.then(waker).then(ScriptedMesh.attempt(server)));
    future.set(client.execute(new SimpleHttpRequest("GET", URI.create("http://orders/")), null));
    waker.wake();
    Call call = mesh.calls.element();
    call.released.await();
    assertThat(call.outcomes).singleElement().returns(Failure.CANCELLED, of -> of.failure);
    assertThat(requests).hasValue(0);
  }

  @Test
  void aConnectionIsKeptBeforeTheApplicationHasTheEndOfTheBody() throws Exception {
    Set<Integer> ports = ConcurrentHashMap.newKeySet();
    mesh.service(
        "orders",
        servers.start(
            exchange -> {
              ports.add(exchange.getRemoteAddress().getPort());
              TestServers.answer(exchange, 200, "kept");
            }));
    CompletableFuture<SimpleHttpResponse> last = new CompletableFuture<>();
    client.execute(new SimpleHttpRequest("GET", URI.create("http://orders/")), again(10, last));
    assertThat(last.get().getBodyText()).isEqualTo("kept");
    assertThat(ports).hasSize(1);
  }

  /** Calls again as soon as it hears of the last call's end, on the library's thread. */
  private FutureCallback<SimpleHttpResponse> again(
      int times, CompletableFuture<SimpleHttpResponse> last) {
    return new FutureCallback<>() {
      @Override
      public void completed(SimpleHttpResponse response) {
        if (times == 0) {
          last.complete(response);
        } else {
          client.execute(
              new SimpleHttpRequest("GET", URI.create("http://orders/")), again(times - 1, last));
        }
      }

      @Override
      public void failed(Exception cause) {
        last.completeExceptionally(cause);
      }

      @Override
      public void cancelled() {
        last.cancel(false);
      }
    };
  }

  @Override
  protected Answer send(String method, String uri, String body) throws Exception {
    try {
      SimpleHttpRequest request = new SimpleHttpRequest(method, URI.create(uri));
      if (body != null) {
        request.setBody(body, ContentType.TEXT_PLAIN);
      }
      if (timeoutMillis > 0) {
        request.setConfig(
            RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(timeoutMillis))
                .build());
      }
      SimpleHttpResponse response = client.execute(request, null).get();
      Answer answer = new Answer(response.getCode(), response.getBodyText());
      for (Header header : response.getHeaders()) {
        answer.header(header.getName(), header.getValue());
      }
      return answer;
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
