package io.tailrace.loader.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);

    @Test
    void plansFromTheCommittedEndToTheHighWatermark() {
        Plan plan = Plan.of(List.of(bounds(P0, 10, 0, 25), bounds(P1, 7, 0, 7)), Long.MAX_VALUE / 2, Plan.OnGap.FAIL);

        assertThat(plan.tasks()).containsExactly(new OffsetRange(P0, 10, 25));
        assertThat(plan.covered()).extracting(OffsetRange::to).containsExactly(25L, 7L);
        assertThat(plan.isEmpty()).isFalse();
    }

    @Test
    void firstRunStartsAtTheLogStartOffset() {
        PartitionBounds bounds = new PartitionBounds(P0, OptionalLong.empty(), 100, 120);

        Plan plan = Plan.of(List.of(bounds), 1_000, Plan.OnGap.FAIL);

        assertThat(plan.tasks()).containsExactly(new OffsetRange(P0, 100, 120));
        assertThat(plan.skipped()).isEmpty();
    }

    @Test
    void isEmptyWithoutNewRecords() {
        assertThat(Plan.of(List.of(bounds(P0, 5, 0, 5)), 10, Plan.OnGap.FAIL).isEmpty())
                .isTrue();
    }

    @Test
    void namesEachRetentionGap() {
        List<PartitionBounds> partitions = List.of(bounds(P0, 10, 12, 20), bounds(P1, 0, 1, 1));

        assertThatThrownBy(() -> Plan.of(partitions, 10, Plan.OnGap.FAIL))
                .isInstanceOf(RetentionGapException.class)
                .hasMessageContaining("offsets 10 to 11 of t-0")
                .hasMessageContaining("offsets 0 to 0 of t-1");

        Plan plan = Plan.of(partitions, 10, Plan.OnGap.SKIP);
        assertThat(plan.skipped()).containsExactly(new OffsetRange(P0, 10, 12), new OffsetRange(P1, 0, 1));
        assertThat(plan.tasks()).containsExactly(new OffsetRange(P0, 12, 20));
    }

    @Test
    void namesTheFirstOfManyRetentionGaps() {
        List<PartitionBounds> partitions = IntStream.range(0, 1_000)
                .mapToObj(partition -> bounds(new TopicPartition("t", partition), 0, 1, 1))
                .toList();

        assertThatThrownBy(() -> Plan.of(partitions, 10, Plan.OnGap.FAIL))
                .hasMessageContaining("offsets 0 to 0 of t-4; and 995 other ranges. Load with --skip-gap");
    }

    @Test
    void refusesALogThatEndsBeforeTheCommittedEnd() {
        assertThatThrownBy(() -> Plan.of(List.of(bounds(P0, 10, 0, 9)), 10, Plan.OnGap.SKIP))
                .hasMessageContaining("t-0 ends at offset 9, but was loaded up to 10");
    }

    @Test
    void splitsIntoTasksWithoutGapOrOverlap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long from = random.nextInt(100);
            long to = from + random.nextInt(1_000);
            long lengthMax = 1L + random.nextInt(300);

            List<OffsetRange> tasks = Plan.of(List.of(bounds(P0, from, 0, to)), lengthMax, Plan.OnGap.FAIL)
                    .tasks();

            long next = from;
            for (OffsetRange task : tasks) {
                assertThat(task.from()).as("seed %d", seed).isEqualTo(next);
                assertThat(task.length()).as("seed %d", seed).isBetween(1L, lengthMax);
                next = task.to();
            }
            assertThat(next).as("seed %d", seed).isEqualTo(to);
        }
    }

    private static PartitionBounds bounds(TopicPartition partition, long committed, long start, long end) {
        return new PartitionBounds(partition, OptionalLong.of(committed), start, end);
    }
}
