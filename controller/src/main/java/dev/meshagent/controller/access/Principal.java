package dev.meshagent.controller.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;

/**
 * Who makes a request. Immutable.
 *
 * @param name as the token file and history name it
 */
public record Principal(String name, Role role) {
  /** Who comes over loopback where no tokens are asked for. */
  public static final Principal LOCAL = new Principal("local", Role.ADMIN);

  private static final AttributeKey<Principal> KEY =
      AttributeKey.valueOf(Principal.class, "PRINCIPAL");

  /** Who makes this request; {@link #LOCAL} where no tokens are asked for. */
  public static Principal of(ServiceRequestContext ctx) {
    Principal principal = ctx.attr(KEY);
    return principal == null ? LOCAL : principal;
  }

  /** Makes it the one who acts, for {@link #of}. */
  public void attach(ServiceRequestContext ctx) {
    ctx.setAttr(KEY, this);
  }
}
