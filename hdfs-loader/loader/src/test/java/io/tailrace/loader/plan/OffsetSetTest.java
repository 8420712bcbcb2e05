package io.tailrace.loader.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OffsetSetTest {
    private static final TopicPartition PARTITION = new TopicPartition("logs", 0);
    private static final long FROM = 5_000_000_000L;

    @Test
    void hasWhatWasAdded() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        OffsetSet set = new OffsetSet(FROM);
        TreeSet<Long> expected = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            long offset = FROM + random.nextInt(2_000);
            set.add(offset);
            expected.add(offset);
        }

        OffsetRange range = new OffsetRange(PARTITION, FROM + 700, FROM + 1_500);
        OffsetSet part = set.within(range);

        for (long offset = FROM - 10; offset < FROM + 2_010; offset++) {
            assertThat(set.contains(offset)).as("seed " + seed).isEqualTo(expected.contains(offset));
            assertThat(part.contains(offset))
                    .as("seed " + seed)
                    .isEqualTo(expected.subSet(range.from(), range.to()).contains(offset));
        }
        assertThat(set.size()).isEqualTo(expected.size());
        assertThat(OffsetSet.of(set.from(), set.bits())).isEqualTo(set);
    }

    @Test
    void subtractsAnotherSet() {
        OffsetSet set = new OffsetSet(10);
        for (long offset : new long[] {10, 11, 12, 20, 21, 30}) {
            set.add(offset);
        }
        OffsetSet other = new OffsetSet(0);
        other.add(11);
        other.add(30);

        assertThat(set.minus(other, PARTITION))
                .containsExactly(
                        new OffsetRange(PARTITION, 10, 11),
                        new OffsetRange(PARTITION, 12, 13),
                        new OffsetRange(PARTITION, 20, 22));
    }

    @Test
    void aRangeOutsideIsEmpty() {
        OffsetSet set = new OffsetSet(10);
        set.add(12);

        assertThat(set.within(new OffsetRange(PARTITION, 0, 10)).size()).isZero();
        assertThat(set.within(new OffsetRange(PARTITION, FROM, FROM + 1)).size())
                .isZero();
        assertThat(set.within(new OffsetRange(PARTITION, 0, 100)).contains(12)).isTrue();
    }

    @Test
    void refusesOffsetsThatItCannotHave() {
        OffsetSet set = new OffsetSet(10);

        assertThatThrownBy(() -> set.add(9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set.add(10L + Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }
}
