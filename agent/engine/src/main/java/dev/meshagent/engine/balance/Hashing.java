package dev.meshagent.engine.balance;

import java.util.Arrays;
import java.util.Comparator;

/** Hashes that spread well and that every process computes alike. */
public final class Hashing {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Hashing() {}

  /** FNV-1a over the characters, then mixed. */
  public static long of(CharSequence text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /** Where endpoints lie on rings and in tables: the same in every process. */
  static long[] ofUids(EndpointState[] endpoints) {
    long[] hashes = new long[endpoints.length];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = of(endpoints[i].endpoint().uid);
    }
    return hashes;
  }

  /**
   * The endpoints in the order of their hashes, by which all callers go whatever order they were
   * told.
   */
  static EndpointState[] inOrder(EndpointState[] endpoints) {
    final long[] hashes = ofUids(endpoints);
    Integer[] order = new Integer[hashes.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    Arrays.sort(
        order,
        new Comparator<Integer>() {
          @Override
          public int compare(Integer a, Integer b) {
            return Long.compare(hashes[a], hashes[b]);
          }
        });
    EndpointState[] ordered = new EndpointState[order.length];
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = endpoints[order[i]];
    }
    return ordered;
  }

  /** MurmurHash3's finalizer: every bit of the input changes half of the output's. */
  public static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
