package io.tailrace.systemtests;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;

/** A producer, whoever wrote it. */
interface Sender extends AutoCloseable {
    /** Sends a record; what comes is the offset it was acknowledged with, or why it was not. */
    CompletableFuture<OptionalLong> send(TopicPartition partition, String value);

    @Override
    void close();

    /** Our producer. */
    static Sender of(Producer producer) {
        return new Sender() {
            @Override
            public CompletableFuture<OptionalLong> send(TopicPartition partition, String value) {
                return producer.send(new ProducerRecord(
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

    /** Apache Kafka's producer. */
    static Sender of(KafkaProducer<String, String> producer) {
        return new Sender() {
            @Override
            public CompletableFuture<OptionalLong> send(TopicPartition partition, String value) {
                CompletableFuture<OptionalLong> answer = new CompletableFuture<>();
                Future<?> unused = producer.send(
                        KafkaClients.placed(partition.topic(), partition.partition(), value), (metadata, failure) -> {
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
