package dev.meshagent.controller.store;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of resource that the mesh keeps, as the Kubernetes API names them. */
public enum Kind {
  NAMESPACE("", "v1", "Namespace", "namespaces", "namespace", false, List.of("ns")),
  SERVICE("", "v1", "Service", "services", "service", true, List.of("svc")),
  VIRTUAL_SERVICE(
      "networking.istio.io",
      "v1",
      "VirtualService",
      "virtualservices",
      "virtualservice",
      true,
      List.of("vs")),
  DESTINATION_RULE(
      "networking.istio.io",
      "v1",
      "DestinationRule",
      "destinationrules",
      "destinationrule",
      true,
      List.of("dr")),
  SERVICE_ENTRY(
      "networking.istio.io",
      "v1",
      "ServiceEntry",
      "serviceentries",
      "serviceentry",
      true,
      List.of("se")),
  WORKLOAD_ENTRY(
      "networking.istio.io",
      "v1",
      "WorkloadEntry",
      "workloadentries",
      "workloadentry",
      true,
      List.of("we")),
  WORKLOAD_GROUP(
      "networking.istio.io",
      "v1",
      "WorkloadGroup",
      "workloadgroups",
      "workloadgroup",
      true,
      List.of("wg")),
  PEER_AUTHENTICATION(
      "security.istio.io",
      "v1",
      "PeerAuthentication",
      "peerauthentications",
      "peerauthentication",
      true,
      List.of("pa")),
  AUTHORIZATION_POLICY(
      "security.istio.io",
      "v1",
      "AuthorizationPolicy",
      "authorizationpolicies",
      "authorizationpolicy",
      true,
      List.of("ap")),
  REQUEST_AUTHENTICATION(
      "security.istio.io",
      "v1",
      "RequestAuthentication",
      "requestauthentications",
      "requestauthentication",
      true,
      List.of("ra")),
  HTTP_ROUTE(
      "gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes", "httproute", true, List.of()),
  GRPC_ROUTE(
      "gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes", "grpcroute", true, List.of()),
  REFERENCE_GRANT(
      "gateway.networking.k8s.io",
      "v1beta1",
      "ReferenceGrant",
      "referencegrants",
      "referencegrant",
      true,
      List.of("refgrant"));

  /** Empty for the core group. */
  public final String group;

  /** The version in which objects are kept. */
  public final String version;

  /** In CamelCase, as in a document. */
  public final String kind;

  /** As in paths. */
  public final String plural;

  public final String singular;
  public final boolean namespaced;

  /** What kubectl takes for the plural. */
  public final List<String> shortNames;

  Kind(
      String group,
      String version,
      String kind,
      String plural,
      String singular,
      boolean namespaced,
      List<String> shortNames) {
    this.group = group;
    this.version = version;
    this.kind = kind;
    this.plural = plural;
    this.singular = singular;
    this.namespaced = namespaced;
    this.shortNames = shortNames;
  }

  /** Group and version as a document writes them. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** As error messages name it: {@code virtualservices.networking.istio.io}. */
  public String qualifiedPlural() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** The kind that a document of this group names; empty if the mesh knows none such. */
  public static Optional<Kind> of(String group, String kind) {
    return Arrays.stream(values())
        .filter(k -> k.group.equals(group) && k.kind.equals(kind))
        .findFirst();
  }

  @Override
  public String toString() {
    return kind;
  }
}
