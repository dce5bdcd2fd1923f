package dev.meshagent.contract.suite;

import java.util.List;

/** What a cell has to do with the agent. */
enum Mode {
  /** Without the agent, servers called by their addresses. */
  DIRECT(false, List.of()),
  /** With the agent, services called by their names. */
  MESH(true, List.of()),
  /** With an agent all of whose advice throws; servers called by their addresses, as without. */
  SABOTAGED(true, Some.BEHAVIOURS),
  /** With the agent, which must leave this version alone; servers called by their addresses. */
  MISFIT(true, Some.BEHAVIOURS);

  /** A little of everything: what would show that a library does otherwise than by itself. */
  static final class Some {
    static final List<String> BEHAVIOURS =
        List.of(
            "firstCallOfTheProcessIsAnswered",
            "hostAndPathAreSentAsWritten",
            "aRefusedConnectionOutsideTheMeshFailsAsEver",
            "headersGoBothWays",
            "aSmallBodyIsSent",
            "aBodyOfUnknownLengthIsSent",
            "aChunkedResponseIsRead",
            "aRedirectToAnotherServiceIsFollowed",
            "connectionsAreReused",
            "anIdleConnectionClosedByTheServerIsReplaced",
            "manyAsynchronousCallsAreAllAnswered",
            "aPostAnsweredUnavailableIsNotRepeated",
            "theLibrarysTimeoutHolds",
            "httpsIsCheckedAgainstTheNameWritten",
            "http2IsAgreedOnByAlpn");

    /** What would show that a framework does not go by the adapter of its library. */
    static final List<String> OF_FRAMEWORKS =
        List.of(
            "firstCallOfTheProcessIsAnswered",
            "callsReachEveryInstance",
            "asynchronousCallsReachEveryInstance",
            "everyNameOfAServiceIsKnown",
            "aHeaderDecidesTheRoute",
            "hostAndPathAreSentAsWritten",
            "hostsOutsideTheMeshAreLeftAlone",
            "headersGoBothWays",
            "aSmallBodyIsSent",
            "aChunkedResponseIsRead",
            "aRedirectToAnotherServiceIsFollowed",
            "connectionsAreReused",
            "callsOfManyThreadsAreAllAnswered",
            "aDeadEndpointIsNotNoticed",
            "nobodyServingFailsAsARefusedConnection",
            "aGetAnsweredUnavailableIsRepeated",
            "aPostAnsweredUnavailableIsNotRepeated",
            "theLibrarysTimeoutHolds",
            "httpsIsCheckedAgainstTheNameWritten");
  }

  final boolean agent;

  /** The behaviours that are asked; empty for all. */
  final List<String> asked;

  Mode(boolean agent, List<String> asked) {
    this.agent = agent;
    this.asked = asked;
  }
}
