/**
 * gRPC-Java, whatever its transport. Everything is done with gRPC's own parts, so that streams,
 * deadlines, cancellation and wait-for-ready stay what they are:
 *
 * <pre>
 *   ManagedChannelImpl.getNameResolver ─▶ MeshNameResolver     the target stays as written; a mesh name
 *        │                                    │                gets the service's endpoints
 *        │ result                             ▼
 *        ├─▶ RealChannel.updateConfigSelector ─▶ MeshConfigSelector   one Rpc per call: deadline, retries
 *        └─▶ AutoConfiguredLoadBalancer…Addresses ─▶ MeshLoadBalancer  its picker asks the Rpc per stream
 * </pre>
 *
 * The three methods are woven rather than the target rewritten: target, authority, metrics and
 * channelz show what the application wrote, a channel is decided when its name is resolved and not
 * when it is built, and settings of the channel (its own service config, or none looked up) neither
 * switch the mesh off nor are overwritten by it.
 */
package dev.meshagent.instrumentation.grpc;
