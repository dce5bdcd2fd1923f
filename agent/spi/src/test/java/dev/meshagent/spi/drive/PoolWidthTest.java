package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PoolWidthTest {
  private final PoolWidth width = new PoolWidth();
  private final Pool pool = new Pool();

  @Test
  void eachEndpointWidensThePoolOnceByWhatOneAddressMayHold() {
    width.use("a", pool, 0);
    assertThat(pool.total).isEqualTo(27);
    width.use("b", pool, 0);
    width.use("a", pool, 0);
    assertThat(pool.total).isEqualTo(29);
  }

  @Test
  void whatTheApplicationSetsMeanwhileIsItsOwn() {
    width.use("a", pool, 0);
    pool.total = 100;
    width.use("b", pool, 0);
    assertThat(pool.total).isEqualTo(104);
  }

  @Test
  void anEndpointThatIsNotCalledForLongDoesNotCountAnyMore() {
    width.use("a", pool, 0);
    width.use("b", pool, TimeUnit.MINUTES.toNanos(9));
    width.use("c", pool, TimeUnit.MINUTES.toNanos(11));
    assertThat(pool.total).isEqualTo(29);
  }

  @Test
  void aPoolWithoutALimitStaysSo() {
    pool.total = Integer.MAX_VALUE;
    width.use("a", pool, 0);
    assertThat(pool.total).isEqualTo(Integer.MAX_VALUE);
  }

  private static final class Pool implements PoolWidth.Limits {
    int total = 25;

    @Override
    public int total() {
      return total;
    }

    @Override
    public void total(int connections) {
      total = connections;
    }

    @Override
    public int each() {
      return 2;
    }
  }
}
