package io.tailrace.client;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent. Arrays are not copied: do not change them before the send is acknowledged.
 *
 * @param topic the topic's name
 * @param partition the partition, or empty to let the {@link Partitioner} choose one
 * @param timestampMs event time, or empty for the time of the send
 * @param key the record's key, used by the partitioner and by compaction
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
    // Not compact: javac drops annotations of array parameters in a compact constructor.
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

    /** A record without partition, timestamp and headers. */
    public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord(topic, OptionalInt.empty(), OptionalLong.empty(), key, value, List.of());
    }
}
