package dev.meshagent.shop;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The one method of {@code payments}: text in, text out, so that no code need be generated. */
public final class PaymentsApi {
  static final String SERVICE = "shop.Payments";

  /** What an item costs, by its name. */
  public static final MethodDescriptor<String, String> PAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Pay"))
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .setIdempotent(true)
          .build();

  private PaymentsApi() {}

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
