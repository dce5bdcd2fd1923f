package dev.meshagent.controller.compile.istio;

import dev.meshagent.controller.compile.document.Node;
import dev.meshagent.controller.compile.document.Texts;
import dev.meshagent.engine.snapshot.policy.Rewrite;
import java.util.Optional;

/** Reads {@code HTTPRewrite}. Stateless. */
final class RewriteReader {
  private RewriteReader() {}

  static Optional<Rewrite> at(Node http) {
    return http.object("rewrite").map(RewriteReader::read);
  }

  private static Rewrite read(Node node) {
    node.atMostOne("uri", "uriRegexRewrite");
    if (node.isEmpty()) {
      node.error("rewrites nothing; write uri, uriRegexRewrite or authority");
    }
    String uri = node.text("uri").orElse(null);
    if (uri != null && !uri.startsWith("/")) {
      node.error("uri", "is no path; begin it with a slash");
    }
    String authority = node.text("authority", "");
    Optional<Node> byRegex = node.object("uriRegexRewrite");
    String regex = byRegex.map(r -> r.required("match")).orElse("");
    String substitution = byRegex.map(r -> r.text("rewrite", "")).orElse("");
    boolean broken =
        byRegex.isPresent()
            && !regex.isEmpty()
            && Texts.regexProblem(byRegex.get(), "match", regex);
    byRegex.ifPresent(Node::end);
    node.end();
    return new Rewrite("", uri, broken ? "" : regex, substitution, authority);
  }
}
