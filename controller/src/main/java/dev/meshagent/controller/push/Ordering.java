package dev.meshagent.controller.push;

import dev.meshagent.controller.compile.Compiled;
import java.util.Collection;
import java.util.Set;

/**
 * The order in which one agent is told of several services, such that no route leads to a subset
 * that the agent does not have: new subsets arrive before the routes that lead to them, and old
 * ones go after. (Routes and subsets of one and the same service are one snapshot and need no
 * order.)
 *
 * <p>A subset of another service that is renamed in the same step as the route to it has no right
 * order; it is then told in either. Stateless.
 */
public final class Ordering {
  private Ordering() {}

  /** True if this subscription's news may be told only after that of one of the others. */
  public static boolean mustWait(Subscription news, Collection<Subscription> all) {
    if (!news.policyDue()) {
      return false;
    }
    for (Subscription other : all) {
      if (other != news && other.policyDue() && (leadsToNew(news, other) || leftBy(news, other))) {
        return true;
      }
    }
    return false;
  }

  /** The news leads to a subset that the other defines now and the agent does not have yet. */
  private static boolean leadsToNew(Subscription news, Subscription other) {
    for (Compiled.SubsetOf to : news.policy().leadsTo()) {
      if (to.service().equals(other.view().id())
          && other.policy().defines(to.subset())
          && other.ackedPolicy().filter(held -> held.defines(to.subset())).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** The news takes a subset away to which what the agent has of the other still leads. */
  private static boolean leftBy(Subscription news, Subscription other) {
    Set<Compiled.SubsetOf> held = other.ackedPolicy().map(Compiled::leadsTo).orElse(Set.of());
    for (Compiled.SubsetOf to : held) {
      if (to.service().equals(news.view().id())
          && !news.policy().defines(to.subset())
          && !other.policy().leadsTo().contains(to)
          && news.ackedPolicy().filter(mine -> mine.defines(to.subset())).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
