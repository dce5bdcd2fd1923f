package dev.meshagent.engine.balance;

import dev.meshagent.engine.Randomness;
import java.util.Arrays;

/**
 * By the request's hash in a lookup table, which the endpoints fill in turns, each in the order of
 * a permutation of its own (Eisenbud et al., "Maglev", §3.4): O(1), very even, and nearly minimal
 * in what moves when an endpoint goes. Weights give some endpoints more turns, as in Envoy.
 */
final class Maglev extends Balancer {
  private static final int DRAWS = 64;

  private final int[] table;

  Maglev(EndpointState[] endpoints, int size) {
    super(Hashing.inOrder(endpoints), null);
    table = fill(this.endpoints, size);
  }

  private static int[] fill(EndpointState[] endpoints, int size) {
    int count = endpoints.length;
    long[] hashes = Hashing.ofUids(endpoints);
    long[] offset = new long[count];
    long[] skip = new long[count];
    double[] due = new double[count];
    int heaviest = 0;
    for (int i = 0; i < count; i++) {
      offset[i] = (hashes[i] >>> 1) % size;
      skip[i] = (Hashing.mix(hashes[i] ^ 0x9E3779B97F4A7C15L) >>> 1) % (size - 1) + 1;
      heaviest = Math.max(heaviest, endpoints[i].endpoint().weight);
    }
    int[] filled = new int[size];
    Arrays.fill(filled, -1);
    int done = 0;
    for (int round = 1; done < size; round++) {
      for (int i = 0; i < count && done < size; i++) {
        due[i] += (double) endpoints[i].endpoint().weight / heaviest;
        if (due[i] < 1) {
          continue;
        }
        due[i] -= 1;
        while (filled[(int) offset[i]] >= 0) {
          offset[i] = (offset[i] + skip[i]) % size;
        }
        filled[(int) offset[i]] = i;
        offset[i] = (offset[i] + skip[i]) % size;
        done++;
      }
    }
    return filled;
  }

  @Override
  EndpointState pick(Picking call, Randomness random, long now, boolean panic) {
    long hash = call.hashed() ? call.hash() : random.nextLong();
    long place = hash;
    for (int i = 0; i < DRAWS; i++) {
      EndpointState endpoint = endpoints[table[(int) ((place >>> 1) % table.length)]];
      if (usable(endpoint, call, now, panic)) {
        return endpoint;
      }
      // The same key finds the same substitute, and the keys of one endpoint spread over all.
      place = Hashing.mix(place + 0x9E3779B97F4A7C15L);
    }
    return scan((int) ((hash >>> 1) % endpoints.length), call, now, panic);
  }
}
