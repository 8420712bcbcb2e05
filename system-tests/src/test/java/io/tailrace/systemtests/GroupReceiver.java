package io.tailrace.systemtests;

import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.GroupConsumer;
import io.tailrace.client.MemberIdentity;
import io.tailrace.client.RebalanceListener;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Tailrace's or Apache Kafka's consumer as a member of a group, behind one interface. For one thread. */
interface GroupReceiver extends AutoCloseable {
    /** The generation or member epoch of a consumer that is not a member at the moment. */
    int NO_GENERATION = -1;

    /** Joins the group with the next {@link #poll}. */
    void subscribe(String topic, RebalanceListener listener);

    /** Returns the records that arrive within {@code waitMax}. */
    List<Receiver.Received> poll(Duration waitMax);

    /** The member's generation or epoch, or {@link #NO_GENERATION}. */
    int generation();

    /** Commits offsets, exclusive, and waits for the answer. */
    void commit(Map<TopicPartition, Long> offsets);

    /** Leaves the group. */
    @Override
    void close();

    /** Tailrace's consumer. */
    static GroupReceiver ofTailrace(Map<String, String> settings) {
        GroupConsumer consumer = GroupConsumer.create(ConsumerConfig.parse(settings));
        Receiver receiver = Receiver.of(consumer);
        return new GroupReceiver() {
            @Override
            public void subscribe(String topic, RebalanceListener listener) {
                consumer.subscribe(Set.of(topic), listener);
            }

            @Override
            public List<Receiver.Received> poll(Duration waitMax) {
                return receiver.poll(waitMax);
            }

            @Override
            public int generation() {
                return consumer.member().map(MemberIdentity::epoch).orElse(NO_GENERATION);
            }

            @Override
            public void commit(Map<TopicPartition, Long> offsets) {
                consumer.commit(offsets);
            }

            @Override
            public void close() {
                receiver.close();
            }
        };
    }

    /** Apache Kafka's consumer. */
    static GroupReceiver ofJava(Map<String, String> settings) {
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(new HashMap<>(settings), new StringDeserializer(), new StringDeserializer());
        Receiver receiver = Receiver.of(consumer);
        return new GroupReceiver() {
            @Override
            public void subscribe(String topic, RebalanceListener listener) {
                consumer.subscribe(Set.of(topic), adapted(listener));
            }

            @Override
            public List<Receiver.Received> poll(Duration waitMax) {
                return receiver.poll(waitMax);
            }

            @Override
            public int generation() {
                int generation = consumer.groupMetadata().generationId();
                return generation > 0 ? generation : NO_GENERATION;
            }

            @Override
            public void commit(Map<TopicPartition, Long> offsets) {
                consumer.commitSync(offsets.entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> new org.apache.kafka.common.TopicPartition(
                                        entry.getKey().topic(), entry.getKey().partition()),
                                entry -> new OffsetAndMetadata(entry.getValue()))));
            }

            @Override
            public void close() {
                receiver.close();
            }
        };
    }

    private static ConsumerRebalanceListener adapted(RebalanceListener listener) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<org.apache.kafka.common.TopicPartition> partitions) {
                listener.assigned(ours(partitions));
            }

            @Override
            public void onPartitionsRevoked(Collection<org.apache.kafka.common.TopicPartition> partitions) {
                listener.revoked(ours(partitions));
            }

            @Override
            public void onPartitionsLost(Collection<org.apache.kafka.common.TopicPartition> partitions) {
                listener.lost(ours(partitions));
            }
        };
    }

    private static Set<TopicPartition> ours(Collection<org.apache.kafka.common.TopicPartition> partitions) {
        return partitions.stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .collect(Collectors.toSet());
    }
}
