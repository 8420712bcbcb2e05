package io.tailrace.server;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * One of Apache Kafka's consumers in a group, the values it has read and what happened to its assignment. It does not
 * commit by itself.
 */
final class GroupReader implements ConsumerRebalanceListener, AutoCloseable {
    static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final KafkaConsumer<String, String> consumer;
    private final List<String> values = new ArrayList<>();
    private final Set<TopicPartition> revoked = new HashSet<>();
    private int assignments;
    private int revocations;

    /**
     * Subscribes to a topic in the group of the same name.
     *
     * @param protocol {@code classic} (cooperative, unless the settings name an assignor) or {@code consumer}
     * @param settings keys and values
     */
    GroupReader(String bootstrap, String topic, String protocol, String... settings) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", topic,
                "group.protocol", protocol,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"));
        if (protocol.equals("classic")) {
            properties.put("partition.assignment.strategy", COOPERATIVE);
            properties.put("heartbeat.interval.ms", "200");
        }
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }
        consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic), this);
    }

    KafkaConsumer<String, String> consumer() {
        return consumer;
    }

    /** The values read so far. The caller may clear it. */
    List<String> values() {
        return values;
    }

    Set<TopicPartition> partitions() {
        return consumer.assignment();
    }

    /** All partitions that it has had to give up. */
    Set<TopicPartition> revoked() {
        return revoked;
    }

    /** The number of times that it was assigned partitions. */
    int assignments() {
        return assignments;
    }

    /** The number of times that partitions were revoked. */
    int revocations() {
        return revocations;
    }

    int generation() {
        return consumer.groupMetadata().generationId();
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(20)).forEach(record -> values.add(record.value()));
    }

    /** Polls all readers until the condition holds. */
    static void pollUntil(Callable<Boolean> condition, GroupReader... readers) {
        await().atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .pollInSameThread()
                .until(() -> {
                    Stream.of(readers).forEach(GroupReader::poll);
                    return condition.call();
                });
    }

    /** Polls all readers until each partition is assigned to exactly one of them, and all have equal shares. */
    static void pollUntilShared(int partitions, GroupReader... readers) {
        pollUntil(
                () -> {
                    List<TopicPartition> all = Stream.of(readers)
                            .flatMap(reader -> reader.partitions().stream())
                            .toList();
                    return all.size() == partitions
                            && new HashSet<>(all).size() == partitions
                            && Stream.of(readers)
                                    .allMatch(reader -> reader.partitions().size() >= partitions / readers.length);
                },
                readers);
    }

    static void commitAll(GroupReader... readers) {
        Stream.of(readers).forEach(reader -> reader.consumer.commitSync());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assignments++;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        revocations++;
        revoked.addAll(partitions);
    }

    /** Ends as a process that dies: the broker is not informed. */
    void crash() {
        consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
