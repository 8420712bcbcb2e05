package io.tailrace.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.monitor.GroupMetrics.Row;
import io.tailrace.server.monitor.GroupsQuery.GroupOffsets;
import io.tailrace.server.partition.Clocks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GroupMetricsTest {
    private static final TopicPartition GOOD = new TopicPartition("logs", 0);
    private static final TopicPartition DAMAGED = new TopicPartition("logs", 1);
    private static final GroupLag LAG = new GroupLag(3, 60);

    private final AtomicLong nowMs = new AtomicLong();
    private final Clocks clocks = new Clocks(nowMs::get, nowMs::get);

    private static GroupsQuery.Answer answer(String group, TopicPartition... partitions) {
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            offsets.put(partition, 7L);
        }
        return new GroupsQuery.Answer(List.of(new GroupOffsets(group, 1, new TreeMap<>(offsets))), 0);
    }

    @Test
    void aLogThatCannotBeReadHidesNoOtherLag() {
        AtomicInteger reads = new AtomicInteger();
        GroupMetrics metrics = new GroupMetrics(
                (query, answers) -> answers.accept(List.of(answer("a", GOOD, DAMAGED), answer("b", GOOD))),
                (partition, offset, now) -> {
                    reads.incrementAndGet();
                    if (partition.equals(DAMAGED)) {
                        throw new IOException("damaged");
                    }
                    return Optional.of(LAG);
                },
                clocks,
                100);

        assertThat(metrics.overview().rows())
                .containsExactly(
                        new Row("a", GOOD, 7, Optional.of(LAG)),
                        new Row("a", DAMAGED, 7, Optional.empty()),
                        new Row("b", GOOD, 7, Optional.of(LAG)));
        metrics.overview();
        assertThat(reads).as("all metrics of a scrape share one look").hasValue(3);
    }

    @Test
    void aLookThatFailsIsNotRepeatedForEachMetric() {
        AtomicInteger asked = new AtomicInteger();
        GroupMetrics metrics = new GroupMetrics(
                (query, answers) -> {
                    if (asked.incrementAndGet() > 1) {
                        throw new IllegalStateException("scripted");
                    }
                    answers.accept(List.of(answer("a", GOOD)));
                },
                (partition, offset, now) -> Optional.empty(),
                clocks,
                100);

        assertThat(metrics.overview().groups()).hasSize(1);
        nowMs.addAndGet(10_000);
        assertThatThrownBy(metrics::overview).hasMessage("scripted");
        assertThat(metrics.overview().groups()).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void groupsOfAllShardsShareTheBound() {
        GroupMetrics metrics = new GroupMetrics(
                (query, answers) -> answers.accept(List.of(answer("b", GOOD, DAMAGED), answer("a", GOOD))),
                (partition, offset, now) -> Optional.of(LAG),
                clocks,
                2);

        assertThat(metrics.overview().groups()).extracting(GroupOffsets::id).containsExactly("a");
        assertThat(metrics.overview().leftOut()).isEqualTo(1);
    }
}
