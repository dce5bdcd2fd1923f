package dev.meshagent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mesh kubeconfig > mesh.yaml; kubectl --kubeconfig mesh.yaml get virtualservices}. */
@Command(
    name = "kubeconfig",
    description = "Prints a configuration with which kubectl talks to the controller.",
    mixinStandardHelpOptions = true)
final class KubeconfigVerb implements Callable<Integer> {
  @Mixin private Remote remote;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    remote.get("/version");
    String user = remote.token().map(token -> "{\"token\": \"" + token + "\"}").orElse("{}");
    spec.commandLine()
        .getOut()
        .print(
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: mesh
              cluster:
                server: %s
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
                .formatted(remote.uri(), user));
    return ExitCode.DONE;
  }
}
