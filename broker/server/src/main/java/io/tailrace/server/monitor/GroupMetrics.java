package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.monitor.GroupsQuery.GroupOffsets;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups that this broker coordinates, under kafka_exporter's names. Lag is measured to the end of this broker's own replica
 * of a partition. If it has none or cannot read it, no lag is reported.
 *
 * <p>The shards are asked once for all metrics of a scrape. If they do not answer in time, the scrape contains no groups.
 * Thread-safe.
 */
final class GroupMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMetrics.class);
    private static final List<String> GROUP = List.of("consumergroup");
    private static final List<String> TOPIC = List.of("consumergroup", "topic");
    private static final List<String> PARTITION = List.of("consumergroup", "topic", "partition");
    private static final Overview NOTHING = new Overview(List.of(), List.of(), 0);

    private final Lags lags;
    private final Clocks clocks;
    private final int offsetsMax;
    private final ShardAnswers<GroupsQuery.Answer, Overview> overview;

    /** Asks all shards of this broker. */
    @FunctionalInterface
    interface Shards {
        void ask(GroupsQuery query, Consumer<List<GroupsQuery.Answer>> answers);
    }

    /** Reads the lag of a group in a partition; empty if this broker has no replica of it. */
    @FunctionalInterface
    interface Lags {
        Optional<GroupLag> of(TopicPartition partition, long committedOffset, long nowMs) throws IOException;
    }

    record Row(String group, TopicPartition partition, long offset, Optional<GroupLag> lag) {
        TopicOfGroup topic() {
            return new TopicOfGroup(group, partition.topic());
        }
    }

    record TopicOfGroup(String group, String topic) {}

    record Overview(List<GroupOffsets> groups, List<Row> rows, int leftOut) {}

    /** Groups beyond {@code offsetsMax} offsets are left out. */
    GroupMetrics(GroupCoordinator groups, Partitions partitions, Clocks clocks, int offsetsMax) {
        this(
                groups::queryAll,
                (partition, offset, nowMs) -> GroupLag.of(partition, offset, partitions, nowMs),
                clocks,
                offsetsMax);
    }

    GroupMetrics(Shards shards, Lags lags, Clocks clocks, int offsetsMax) {
        this.lags = lags;
        this.clocks = clocks;
        this.offsetsMax = offsetsMax;
        overview = new ShardAnswers<>(
                answers -> shards.ask(new GroupsQuery(offsetsMax), answers),
                NOTHING,
                (answers, last) -> answers.map(this::overview).orElse(NOTHING),
                clocks.steadyMs());
    }

    void register(Metrics metrics) {
        metrics.gauges("kafka_consumergroup_members", "Members of a group.", GROUP, samples -> overview()
                .groups()
                .forEach(group -> samples.add((long) group.members(), group.id())));
        metrics.gauges(
                "kafka_consumergroup_current_offset", "Committed offset of a group.", PARTITION, samples -> overview()
                        .rows()
                        .forEach(row -> add(samples, row, (double) row.offset())));
        addLags(
                metrics,
                "kafka_consumergroup_lag",
                "Records between the committed offset and the high watermark.",
                lag -> (double) lag.records());
        addLags(
                metrics,
                "kafka_consumergroup_lag_seconds",
                "Age of the batch with the first record that the group has not committed; 0 if there is none.",
                GroupLag::seconds);
        metrics.gauges(
                "kafka_consumergroup_current_offset_sum",
                "Sum of the committed offsets of a topic.",
                TOPIC,
                samples -> topics().forEach((topic, rows) ->
                        samples.add(rows.stream().mapToLong(Row::offset).sum(), topic.group(), topic.topic())));
        metrics.gauges(
                "kafka_consumergroup_lag_sum", "Sum of the lags of a topic, if all are known.", TOPIC, this::addSums);
        metrics.gauge(
                "tailrace_metrics_groups_left_out",
                "Groups without metrics of their own, because there are more offsets than metrics.partitions.max.",
                () -> overview().leftOut());
    }

    private void addLags(Metrics metrics, String name, String help, ToDoubleFunction<GroupLag> value) {
        metrics.gauges(name, help, PARTITION, samples -> overview().rows().forEach(row -> row.lag()
                .ifPresent(lag -> add(samples, row, value.applyAsDouble(lag)))));
    }

    private static void add(Metrics.Samples samples, Row row, double value) {
        TopicPartition partition = row.partition();
        samples.add(value, row.group(), partition.topic(), String.valueOf(partition.partition()));
    }

    private void addSums(Metrics.Samples samples) {
        topics().forEach((topic, rows) -> {
            if (rows.stream().allMatch(row -> row.lag().isPresent())) {
                long sum = rows.stream()
                        .mapToLong(row -> row.lag().get().records())
                        .sum();
                samples.add(sum, topic.group(), topic.topic());
            }
        });
    }

    private Map<TopicOfGroup, List<Row>> topics() {
        Map<TopicOfGroup, List<Row>> topics = new LinkedHashMap<>();
        overview().rows().forEach(row -> topics.computeIfAbsent(row.topic(), topic -> new ArrayList<>())
                .add(row));
        return topics;
    }

    /** The groups for the scrape in progress. */
    Overview overview() {
        return overview.get();
    }

    private Overview overview(List<GroupsQuery.Answer> answers) {
        List<GroupOffsets> all = answers.stream()
                .flatMap(answer -> answer.groups().stream())
                .sorted(Comparator.comparing(GroupOffsets::id))
                .toList();
        int leftOut = answers.stream().mapToInt(GroupsQuery.Answer::leftOut).sum();
        List<GroupOffsets> shown = new ArrayList<>();
        int room = offsetsMax;
        for (GroupOffsets group : all) {
            if (group.size() > room) {
                leftOut++;
                continue;
            }
            room -= group.size();
            shown.add(group);
        }
        return new Overview(shown, rows(shown), leftOut);
    }

    /** All partitions that cannot be read share one line in the log, because each scrape meets them again. */
    private List<Row> rows(List<GroupOffsets> shown) {
        List<Row> rows = new ArrayList<>();
        long nowMs = clocks.wallMs().getAsLong();
        int failures = 0;
        IOException first = null;
        for (GroupOffsets group : shown) {
            for (Map.Entry<TopicPartition, Long> offset : group.offsets().entrySet()) {
                Optional<GroupLag> lag = Optional.empty();
                try {
                    lag = lags.of(offset.getKey(), offset.getValue(), nowMs);
                } catch (IOException e) {
                    failures++;
                    first = first == null ? e : first;
                }
                rows.add(new Row(group.id(), offset.getKey(), offset.getValue(), lag));
            }
        }
        if (first != null) {
            LOG.warn(
                    "Lags are missing in the metrics, logs cannot be read: {}, the first: {}",
                    failures,
                    first.toString());
        }
        return rows;
    }
}
