package dev.meshagent.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mesh kubeconfig > mesh.yaml; kubectl --kubeconfig mesh.yaml get virtualservices}. */
@Command(
    name = "kubeconfig",
    description =
        "Prints a configuration with which kubectl talks to the controller. It holds the token, and"
            + " the certificates of --ca, so that it needs no other file.",
    mixinStandardHelpOptions = true)
final class KubeconfigVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // What a token opens, so that what is printed here works.
    remote.get("/api");
    String certificates =
        remote
            .ca()
            .map(file -> "\n    certificate-authority-data: " + Trust.base64(file))
            .orElse("");
    // Over TLS kubectl asks for a name and a password unless it has something to show.
    boolean asks = "https".equals(remote.uri().getScheme());
    Optional<String> token = remote.token().or(() -> asks ? Optional.of("none") : Optional.empty());
    String user = token.map(text -> "{\"token\": \"" + text + "\"}").orElse("{}");
    spec.commandLine()
        .getOut()
        .print(
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: mesh
              cluster:
                server: %s%s
            users:
            - name: mesh
              user: %s
            contexts:
            - name: mesh
              context:
                cluster: mesh
                user: mesh
                namespace: default
            current-context: mesh
            """
                .formatted(remote.uri(), certificates, user));
    return ExitCode.DONE;
  }
}
