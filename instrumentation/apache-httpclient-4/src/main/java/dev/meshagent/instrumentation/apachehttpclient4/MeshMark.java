package dev.meshagent.instrumentation.apachehttpclient4;

import org.apache.http.protocol.HttpContext;

/**
 * Marks, in the context of an execution, that its latest hop went through the mesh. The mark is a
 * plain Boolean, so that a context kept by the application keeps nothing of the agent's alive.
 */
final class MeshMark {
  private static final String ID = "mesh-agent.hop";

  private MeshMark() {}

  static boolean isOn(Object context) {
    return context instanceof HttpContext && ((HttpContext) context).getAttribute(ID) != null;
  }

  static void set(HttpContext context, boolean on) {
    if (on) {
      context.setAttribute(ID, Boolean.TRUE);
    } else if (context.getAttribute(ID) != null) {
      context.removeAttribute(ID);
    }
  }
}
