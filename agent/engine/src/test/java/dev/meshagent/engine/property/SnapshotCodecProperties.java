package dev.meshagent.engine.property;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshagent.engine.snapshot.EndpointsDelta;
import dev.meshagent.engine.snapshot.ServiceSnapshot;
import dev.meshagent.engine.snapshot.codec.SnapshotCodec;
import dev.meshagent.engine.snapshot.codec.SnapshotFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written is read again as it was, and nothing else gets through by accident. */
class SnapshotCodecProperties {

  @Property(tries = 500)
  void snapshotsAreReadAsTheyWereWritten(@ForAll long seed) throws IOException {
    ServiceSnapshot snapshot = new AnySnapshot(new Random(seed)).snapshot();
    SnapshotCodec codec = new SnapshotCodec();
    ServiceSnapshot read = codec.readService(SnapshotCodec.serviceFrame(snapshot, true), null);
    // First what a person can compare.
    assertThat(read.policy).hasToString(snapshot.policy.toString());
    assertThat(read).isEqualTo(snapshot);
    assertThat(codec.unknownFields()).isZero();
  }

  @Property(tries = 500)
  void aPolicyThatIsHeldNeedNotTravelAgain(@ForAll long seed) throws IOException {
    ServiceSnapshot held = new AnySnapshot(new Random(seed)).snapshot();
    ServiceSnapshot moved =
        held.withEndpoints(
            "later",
            held.seq + 1,
            Collections.singleton(new AnySnapshot(new Random(~seed)).endpoint("new")),
            Collections.singleton("u1"));
    assertThat(new SnapshotCodec().readService(SnapshotCodec.serviceFrame(moved, false), held))
        .isEqualTo(moved);
  }

  @Property(tries = 200)
  void deltasAreReadAsTheyWereWritten(@ForAll long seed) throws IOException {
    AnySnapshot any = new AnySnapshot(new Random(seed));
    ServiceSnapshot snapshot = any.snapshot();
    EndpointsDelta delta =
        new EndpointsDelta(
            snapshot.id,
            snapshot.epoch,
            snapshot.seq,
            snapshot.seq + 1,
            snapshot.endpoints,
            Arrays.asList("gone1", "gone2"));
    String frame = SnapshotCodec.deltaFrame(delta);
    assertThat(SnapshotCodec.deltaFrame(new SnapshotCodec().readDelta(frame))).isEqualTo(frame);
  }

  @Property(tries = 1000)
  void damagedFramesAreRefusedAndNeverThrowAnythingElse(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder frame =
        new StringBuilder(SnapshotCodec.serviceFrame(new AnySnapshot(random).snapshot(), true));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(frame.length());
      String spare = "{}[]\":,0-e9tfn x";
      if (random.nextBoolean()) {
        frame.deleteCharAt(at);
      } else {
        frame.setCharAt(at, spare.charAt(random.nextInt(spare.length())));
      }
    }
    try {
      assertThat(new SnapshotCodec().readService(frame.toString(), null)).isNotNull();
    } catch (SnapshotFormatException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
