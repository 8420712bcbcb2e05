package io.tailrace.systemtests;

import io.tailrace.client.Producer;
import io.tailrace.client.RecordMetadata;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;

/** Tailrace's or Apache Kafka's producer behind one interface. */
interface Sender extends AutoCloseable {
    /** Sends a record. Completes with its offset, or fails with the reason. */
    CompletableFuture<OptionalLong> send(TopicPartition partition, String value);

    @Override
    void close();

    /** Tailrace's producer. */
    static Sender of(Producer producer) {
        return new Sender() {
            @Override
            public CompletableFuture<OptionalLong> send(TopicPartition partition, String value) {
                return producer.send(new io.tailrace.client.ProducerRecord(
                                partition.topic(),
                                OptionalInt.of(partition.partition()),
                                OptionalLong.empty(),
                                null,
                                OurClients.bytes(value),
                                List.of()))
                        .thenApply(RecordMetadata::offset);
            }

            @Override
            public void close() {
                producer.close();
            }
        };
    }

    /** Apache Kafka's producer with an explicit partition. */
    static Sender of(KafkaProducer<String, String> producer) {
        return of(producer, (partition, value) -> KafkaClients.placed(partition.topic(), partition.partition(), value));
    }

    /** Apache Kafka's producer with a key that its partitioner maps to the wanted partition. */
    static Sender keyed(KafkaProducer<String, String> producer, int partitionCount) {
        Map<Integer, String> keys = new ConcurrentHashMap<>();
        for (int i = 0; keys.size() < partitionCount; i++) {
            String key = "key " + i;
            keys.putIfAbsent(Utils.toPositive(Utils.murmur2(OurClients.bytes(key))) % partitionCount, key);
        }
        return of(
                producer,
                (partition, value) ->
                        KafkaClients.keyed(partition.topic(), keys.getOrDefault(partition.partition(), ""), value));
    }

    private static Sender of(
            KafkaProducer<String, String> producer,
            BiFunction<TopicPartition, String, ProducerRecord<String, String>> records) {
        return new Sender() {
            @Override
            public CompletableFuture<OptionalLong> send(TopicPartition partition, String value) {
                CompletableFuture<OptionalLong> answer = new CompletableFuture<>();
                Future<?> unused = producer.send(records.apply(partition, value), (metadata, failure) -> {
                    if (failure == null) {
                        answer.complete(OptionalLong.of(metadata.offset()));
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
                return answer;
            }

            @Override
            public void close() {
                producer.close();
            }
        };
    }
}
