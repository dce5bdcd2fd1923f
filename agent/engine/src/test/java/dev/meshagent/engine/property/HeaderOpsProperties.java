package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.policy.HeaderOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Header operations composed beforehand do what they do one after the other. */
class HeaderOpsProperties {

  @Property
  void composingCommutesWithApplying(
      @ForAll("ops") HeaderOps first,
      @ForAll("ops") HeaderOps second,
      @ForAll("headers") Map<String, List<String>> headers) {
    assertThat(applied(headers, first.then(second))).isEqualTo(applied(headers, first, second));
  }

  @Property
  void composingIsAssociative(
      @ForAll("ops") HeaderOps first,
      @ForAll("ops") HeaderOps second,
      @ForAll("ops") HeaderOps third,
      @ForAll("headers") Map<String, List<String>> headers) {
    assertThat(applied(headers, first.then(second).then(third)))
        .isEqualTo(applied(headers, first.then(second.then(third))));
  }

  @Property
  void headersThatNobodyNamesAreKept(
      @ForAll("ops") HeaderOps ops, @ForAll("headers") Map<String, List<String>> headers) {
    Map<String, List<String>> after = applied(headers, ops);
    headers.forEach(
        (name, values) -> {
          if (!ops.set.containsKey(name) && !ops.remove.contains(name)) {
            assertThat(after.get(name)).startsWith(values.toArray(new String[0]));
          }
        });
    ops.set.forEach((name, value) -> assertThat(after.get(name)).startsWith(value));
    ops.add.forEach((name, values) -> assertThat(after.get(name)).containsAll(values));
  }

  private static Map<String, List<String>> applied(
      Map<String, List<String>> headers, HeaderOps... operations) {
    Map<String, List<String>> copy = new TreeMap<>();
    headers.forEach((name, values) -> copy.put(name, new ArrayList<>(values)));
    for (HeaderOps each : operations) {
      each.apply(copy);
    }
    return copy;
  }

  @Provide
  Arbitrary<Map<String, List<String>>> headers() {
    return Arbitraries.maps(names(), values().list().ofMinSize(1).ofMaxSize(3))
        .ofMaxSize(5)
        .map(LinkedHashMap::new);
  }

  @Provide
  Arbitrary<HeaderOps> ops() {
    Arbitrary<Map<String, String>> map = Arbitraries.maps(names(), values()).ofMaxSize(4);
    return Combinators.combine(map, map, names().list().ofMaxSize(4)).as(HeaderOps::new);
  }

  /** Few, so that operations meet. */
  private static Arbitrary<String> names() {
    return Arbitraries.of("a", "b", "c", "d", "x-e", "x-f");
  }

  private static Arbitrary<String> values() {
    return Arbitraries.of("1", "2", "3", "four");
  }
}
