package dev.meshagent.engine.snapshot.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes of headers: first those to remove are removed, then those to set are set, then those to
 * add are added (Envoy's order). Names are kept in lower case. Immutable.
 */
public final class HeaderOps extends Value {
  public static final HeaderOps NONE =
      new HeaderOps(
          Collections.<String, String>emptyMap(),
          Collections.<String, String>emptyMap(),
          Collections.<String>emptyList());

  public final Map<String, String> set;
  public final Map<String, List<String>> add;
  public final List<String> remove;

  /** Asked of every call and every answer, which mostly have none. */
  private final boolean empty;

  public HeaderOps(Map<String, String> set, Map<String, String> add, List<String> remove) {
    this(lowerCase(set), single(add), remove, true);
  }

  private HeaderOps(
      Map<String, String> set, Map<String, List<String>> add, List<String> remove, boolean lower) {
    this.set = Collections.unmodifiableMap(set);
    this.add = Collections.unmodifiableMap(add);
    List<String> names = new ArrayList<>();
    for (String name : remove) {
      String key = name.toLowerCase(Locale.ROOT);
      if (!names.contains(key)) {
        names.add(key);
      }
    }
    this.remove = Collections.unmodifiableList(names);
    this.empty = set.isEmpty() && add.isEmpty() && names.isEmpty();
  }

  private static Map<String, String> lowerCase(Map<String, String> headers) {
    Map<String, String> lower = new TreeMap<>();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      lower.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    return lower;
  }

  private static Map<String, List<String>> single(Map<String, String> headers) {
    Map<String, List<String>> lists = new TreeMap<>();
    for (Map.Entry<String, String> header : lowerCase(headers).entrySet()) {
      lists.put(header.getKey(), Collections.singletonList(header.getValue()));
    }
    return lists;
  }

  public boolean isEmpty() {
    return empty;
  }

  /** One operation that does what this and then the other does. */
  public HeaderOps then(HeaderOps other) {
    if (isEmpty()) {
      return other;
    }
    if (other.isEmpty()) {
      return this;
    }
    Map<String, String> newSet = new TreeMap<>(set);
    Map<String, List<String>> newAdd = new TreeMap<>(add);
    List<String> newRemove = new ArrayList<>(remove);
    for (String name : other.remove) {
      newSet.remove(name);
      newAdd.remove(name);
      newRemove.add(name);
    }
    for (Map.Entry<String, String> header : other.set.entrySet()) {
      newSet.put(header.getKey(), header.getValue());
      newAdd.remove(header.getKey());
    }
    for (Map.Entry<String, List<String>> header : other.add.entrySet()) {
      List<String> values = new ArrayList<>();
      if (newAdd.containsKey(header.getKey())) {
        values.addAll(newAdd.get(header.getKey()));
      }
      values.addAll(header.getValue());
      newAdd.put(header.getKey(), Collections.unmodifiableList(values));
    }
    return new HeaderOps(newSet, newAdd, newRemove, true);
  }

  /** Changes headers in place; the keys of the map are in lower case. */
  public void apply(Map<String, List<String>> headers) {
    for (String name : remove) {
      headers.remove(name);
    }
    for (Map.Entry<String, String> header : set.entrySet()) {
      headers.put(header.getKey(), new ArrayList<>(Collections.singletonList(header.getValue())));
    }
    for (Map.Entry<String, List<String>> header : add.entrySet()) {
      List<String> values = headers.get(header.getKey());
      if (values == null) {
        headers.put(header.getKey(), new ArrayList<>(header.getValue()));
      } else {
        values.addAll(header.getValue());
      }
    }
  }

  @Override
  protected Object[] fields() {
    return new Object[] {set, add, remove};
  }
}
