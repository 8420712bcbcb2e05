package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tailrace's own clients, connected to a test's cluster.
 *
 * @param bootstrapServers called for each client, since a cluster has no addresses before it starts
 */
public record OurClients(Supplier<String> bootstrapServers) {
    private static final Duration POLL = Duration.ofMillis(100);

    Producer producer(CompressionType compression) {
        return Producer.create(ProducerConfig.builder(bootstrapServers.get())
                .compression(compression)
                .build());
    }

    /** A consumer that starts at the beginning of a partition. */
    Consumer consumer() {
        return Consumer.create(ConsumerConfig.builder(bootstrapServers.get())
                .offsetReset(OffsetReset.EARLIEST)
                .build());
    }

    public Admin admin() {
        return Admin.create(ClientConfig.of(bootstrapServers.get()));
    }

    /** Sends records and returns once all are acknowledged. */
    public void send(Collection<ProducerRecord> records, CompressionType compression) {
        List<CompletableFuture<?>> sends = new ArrayList<>();
        try (Producer producer = producer(compression)) {
            records.forEach(record -> sends.add(producer.send(record)));
        }
        sends.forEach(CompletableFuture::join);
    }

    /** The number of records in a topic's first partitions, provided that retention deleted none. */
    long count(String topic, int partitionCount) {
        return ends(topic, partitionCount).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private Map<TopicPartition, Long> ends(String topic, int partitionCount) {
        try (Admin admin = admin()) {
            return admin.latestOffsets(IntStream.range(0, partitionCount)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList());
        }
    }

    /** All records of a topic's first partitions, in offset order within each partition. */
    public List<ConsumerRecord> readAll(String topic, int partitionCount) {
        Map<TopicPartition, Long> ends = ends(topic, partitionCount);
        try (Consumer consumer = consumer()) {
            consumer.assign(ends.keySet());
            List<ConsumerRecord> records = new ArrayList<>();
            await("the ends " + ends).pollDelay(Duration.ZERO).until(() -> {
                records.addAll(consumer.poll(POLL));
                return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
            return records;
        }
    }

    /** The values in partition 0 of a topic. */
    public List<String> values(String topic) {
        return readAll(topic, 1).stream().map(record -> text(record.value())).toList();
    }

    /** A group's committed offsets in a topic, by partition. */
    public Map<Integer, Long> committed(String group, String topic) {
        try (GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers.get()))) {
            return groups.committed(group).entrySet().stream()
                    .filter(entry -> entry.getKey().topic().equals(topic))
                    .collect(Collectors.toMap(entry -> entry.getKey().partition(), Map.Entry::getValue));
        }
    }

    public static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    public static String text(byte @Nullable [] bytes) {
        return new String(Objects.requireNonNull(bytes), UTF_8);
    }
}
