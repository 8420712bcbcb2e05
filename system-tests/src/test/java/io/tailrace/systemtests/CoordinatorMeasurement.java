package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures how long a broker takes to load 10,000 groups with a million committed offsets when it becomes their coordinator. Run it
 * with {@code scripts/dev measure coordinator}, which gives the broker a heap of 512 MiB.
 */
class CoordinatorMeasurement {
    private static final int GROUPS = Integer.getInteger("groups", 10_000);
    private static final int OFFSETS_PER_GROUP = Integer.getInteger("offsetsPerGroup", 100);
    private static final int PARTITIONS = 50;
    private static final int COMMITS_AT_ONCE = 50;
    private static final int STARTS = 5;
    private static final String TOPIC = "measured";

    private static final Pattern LEADS = Pattern.compile("(?m)^(\\S+) .*Leader of __consumer_offsets-");
    private static final Pattern LOADED =
            Pattern.compile("(?m)^(\\S+) .*Shard is loaded: __consumer_offsets-.*records=(\\d+), skipped=0");

    @RegisterExtension
    static final LocalCluster CLUSTER =
            LocalCluster.ofBrokers(1, Map.of("offsets.topic.num.partitions", String.valueOf(PARTITIONS)));

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);

    @Test
    void measure() throws Exception {
        clients.createTopic(TOPIC, OFFSETS_PER_GROUP);
        try (Admin admin = clients.admin()) {
            System.out.printf("coordinator: %d groups committed in %d ms%n", GROUPS, commit(admin));
        }
        Findings findings = new Findings(
                "coordinator",
                "start",
                "groups",
                "offsets",
                "ready_ms",
                "load_ms",
                "listed_ms",
                "cpu_ms",
                "resident_mib");
        for (int start = 1; start <= STARTS; start++) {
            LocalBroker broker = CLUSTER.broker(1);
            boolean isKill = start % 2 == 0;
            if (isKill) {
                broker.kill9();
            } else {
                broker.terminate();
            }
            long nanos = System.nanoTime();
            broker.restart();
            long readyMs = ms(nanos);
            try (Admin admin = clients.admin()) {
                await().atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> listed(admin) == GROUPS);
                long listedMs = ms(nanos);
                long cpuMs = broker.process().cpuMs();
                Load load = load(broker);
                assertThat(load.records()).isGreaterThanOrEqualTo((long) GROUPS * OFFSETS_PER_GROUP);
                check(admin);
                findings.add(
                        isKill ? "kill -9" : "SIGTERM",
                        GROUPS,
                        load.records(),
                        readyMs,
                        load.ms(),
                        listedMs,
                        cpuMs,
                        broker.process().residentMiB());
            }
        }
        findings.write();
    }

    /** Commits all offsets and returns how long that took. */
    private static long commit(Admin admin) throws Exception {
        long nanos = System.nanoTime();
        Deque<AlterConsumerGroupOffsetsResult> pending = new ArrayDeque<>();
        for (int group = 0; group < GROUPS; group++) {
            if (pending.size() == COMMITS_AT_ONCE) {
                pending.removeFirst().all().get();
            }
            pending.addLast(admin.alterConsumerGroupOffsets(name(group), offsets(group)));
        }
        for (AlterConsumerGroupOffsetsResult result : pending) {
            result.all().get();
        }
        return ms(nanos);
    }

    private static String name(int group) {
        return "group-%05d".formatted(group);
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(int group) {
        return IntStream.range(0, OFFSETS_PER_GROUP)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(TOPIC, partition),
                        partition -> new OffsetAndMetadata((long) group * OFFSETS_PER_GROUP + partition)));
    }

    private static int listed(Admin admin) throws Exception {
        return admin.listGroups().valid().get(30, TimeUnit.SECONDS).size();
    }

    private static void check(Admin admin) throws Exception {
        for (int group = 0; group < GROUPS; group += Math.max(1, GROUPS / 20)) {
            assertThat(admin.listConsumerGroupOffsets(name(group))
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEqualTo(offsets(group));
        }
    }

    /** From the first election of this broker until its last shard was loaded. */
    private record Load(long ms, long records) {}

    private static Load load(LocalBroker broker) {
        String log = broker.process().output();
        Matcher leads = LEADS.matcher(log);
        assertThat(leads.find()).isTrue();
        OffsetDateTime from = OffsetDateTime.parse(leads.group(1));
        List<OffsetDateTime> loaded = new ArrayList<>();
        long records = 0;
        for (Matcher each = LOADED.matcher(log); each.find(); ) {
            loaded.add(OffsetDateTime.parse(each.group(1)));
            records += Long.parseLong(each.group(2));
        }
        assertThat(loaded).hasSize(PARTITIONS);
        return new Load(Duration.between(from, loaded.get(PARTITIONS - 1)).toMillis(), records);
    }

    private static long ms(long fromNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNanos);
    }
}
