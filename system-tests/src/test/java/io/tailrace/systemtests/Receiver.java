package io.tailrace.systemtests;

import io.tailrace.client.Consumer;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Tailrace's or Apache Kafka's consumer behind one interface. */
interface Receiver extends AutoCloseable {
    /** A record that was read. */
    record Received(TopicPartition partition, long offset, String value) {}

    /** Assigns partitions, to be read from the beginning. */
    void assign(List<TopicPartition> partitions);

    /** Returns the records that arrive within {@code waitMax}. */
    List<Received> poll(Duration waitMax);

    @Override
    void close();

    /** Tailrace's consumer. */
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
