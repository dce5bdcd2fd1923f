package dev.meshagent.controller.names;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What host names stand for at one moment. Immutable.
 *
 * @param answers by name; a name that has not been answered for yet is absent
 */
public record HostAddresses(Map<String, Answer> answers) {
  public static final HostAddresses NONE = new HostAddresses(Map.of());

  public HostAddresses {
    answers = Map.copyOf(answers);
  }

  /**
   * What is known of a name.
   *
   * @param addresses IP literals, sorted, those of the last lookup that did not fail
   * @param problem why the last lookup failed, if it did
   */
  public record Answer(List<String> addresses, Optional<String> problem) {
    public Answer {
      addresses = List.copyOf(addresses);
    }
  }

  /** The addresses of a name; none if it has none, or none is known yet. */
  public List<String> of(String host) {
    Answer answer = answers.get(host);
    return answer == null ? List.of() : answer.addresses();
  }

  /** Whether a lookup of the name has ended, be it well or not. */
  public boolean answered(String host) {
    return answers.containsKey(host);
  }

  /** Whether the name stands for an address. */
  public boolean resolves(String host) {
    return !of(host).isEmpty();
  }

  /** What is known of a name, for a person. */
  public String text(String host) {
    Answer answer = answers.get(host);
    if (answer == null) {
      return host + " is being looked up";
    }
    String addresses =
        answer.addresses().isEmpty()
            ? host + " has no address"
            : host + " is " + String.join(", ", answer.addresses());
    return answer
        .problem()
        .map(why -> addresses + ", as far as is known: the last lookup failed (" + why + ")")
        .orElse(addresses);
  }
}
