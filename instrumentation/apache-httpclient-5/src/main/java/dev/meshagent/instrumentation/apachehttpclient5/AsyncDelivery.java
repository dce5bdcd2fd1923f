package dev.meshagent.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * The body of a delivered response to a request without one, on its way to the application. The
 * connection goes back to its pool right before the end is told, not after: the application's next
 * call may come at once, on another thread, and would have to open another connection.
 */
final class AsyncDelivery implements AsyncDataConsumer {
  private final AsyncDataConsumer application;
  private final AsyncExecRuntime runtime;

  AsyncDelivery(AsyncDataConsumer application, AsyncExecRuntime runtime) {
    this.application = application;
    this.runtime = runtime;
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    application.updateCapacity(channel);
  }

  @Override
  public void consume(ByteBuffer bytes) throws IOException {
    application.consume(bytes);
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) throws HttpException, IOException {
    runtime.releaseEndpoint();
    application.streamEnd(trailers);
  }

  @Override
  public void releaseResources() {
    application.releaseResources();
  }
}
