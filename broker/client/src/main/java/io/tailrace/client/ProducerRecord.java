package io.tailrace.client;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent. Arrays are not copied: leave them alone until the send has been acknowledged.
 *
 * @param topic the topic's name
 * @param partition the partition, or empty to let the partitioner choose by key, or in turns without one
 * @param timestampMs event time, or empty for the time of the send
 * @param key the record's key; compaction and the partitioner go by it
 * @param value the record's value; null is a tombstone in a compacted topic
 * @param headers the record's headers, in order
 */
public record ProducerRecord(
        String topic,
        OptionalInt partition,
        OptionalLong timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers) {
    // Spelled out, since javac forgets the annotations of array parameters in a compact constructor.
    public ProducerRecord(
            String topic,
            OptionalInt partition,
            OptionalLong timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        this.topic = topic;
        this.partition = partition;
        this.timestampMs = timestampMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /** A record whose partition follows from its key, stamped with the time of the send. */
    public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord(topic, OptionalInt.empty(), OptionalLong.empty(), key, value, List.of());
    }
}
