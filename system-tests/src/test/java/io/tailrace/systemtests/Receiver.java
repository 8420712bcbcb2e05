package io.tailrace.systemtests;

import io.tailrace.client.Consumer;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** A consumer, whoever wrote it. */
interface Receiver extends AutoCloseable {
    /** A record as it came. */
    record Received(TopicPartition partition, long offset, String value) {}

    /** Reads these partitions from their beginnings. */
    void assign(List<TopicPartition> partitions);

    /** What comes within the time. */
    List<Received> poll(Duration waitMax);

    @Override
    void close();

    /** Our consumer. */
    static Receiver of(Consumer consumer) {
        return new Receiver() {
            @Override
            public void assign(List<TopicPartition> partitions) {
                consumer.assign(partitions);
            }

            @Override
            public List<Received> poll(Duration waitMax) {
                return consumer.poll(waitMax).stream()
                        .map(record ->
                                new Received(record.topicPartition(), record.offset(), OurClients.text(record.value())))
                        .toList();
            }

            @Override
            public void close() {
                consumer.close();
            }
        };
    }

    /** Apache Kafka's consumer. */
    static Receiver of(KafkaConsumer<String, String> consumer) {
        return new Receiver() {
            @Override
            public void assign(List<TopicPartition> partitions) {
                var theirs = partitions.stream()
                        .map(each -> new org.apache.kafka.common.TopicPartition(each.topic(), each.partition()))
                        .toList();
                consumer.assign(theirs);
                consumer.seekToBeginning(theirs);
            }

            @Override
            public List<Received> poll(Duration waitMax) {
                List<Received> received = new ArrayList<>();
                consumer.poll(waitMax)
                        .forEach(record -> received.add(new Received(
                                new TopicPartition(record.topic(), record.partition()),
                                record.offset(),
                                record.value())));
                return received;
            }

            @Override
            public void close() {
                consumer.close();
            }
        };
    }
}
