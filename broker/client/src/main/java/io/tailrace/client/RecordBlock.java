package io.tailrace.client;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;

/**
 * Records of one topic and key that are sent as one batch, with one acknowledgement for all of them. For senders of many small
 * records: a record is copied once and costs no object. {@link Producer#newBlock} makes one. Not thread-safe; nothing may be
 * added once it is sent, and it is sent once.
 */
public final class RecordBlock {
    private final String topic;
    private final byte[] key;
    private final RecordBatchBuilder builder;

    /** An empty block. {@link Producer#newBlock} makes one as its producer is configured. */
    public RecordBlock(String topic, byte[] key, CompressionType compression, int bytesMax) {
        this(topic, key, new RecordBatchBuilder(compression, bytesMax));
    }

    RecordBlock(String topic, byte[] key, RecordBatchBuilder builder) {
        this.topic = topic;
        this.key = key.clone();
        this.builder = builder;
    }

    /**
     * Adds a record with the block's key.
     *
     * @param timestampMs milliseconds since the epoch, at least 0
     * @param value holds the record's value, which is copied
     * @return false if the block is full and the record was not added; an empty block takes any record
     */
    public boolean append(long timestampMs, byte[] value, int offset, int length) {
        return builder.append(timestampMs, key, value, offset, length);
    }

    /** The topic of all records. */
    public String topic() {
        return topic;
    }

    /** How many records were added. */
    public int recordCount() {
        return builder.recordCount();
    }

    /** Memory that the block takes. */
    public int memoryBytes() {
        return builder.bufferBytes();
    }

    /** The batch without a producer id, for what is not a {@link Producer} of this library. The block is then used up. */
    public ByteBuffer encode() {
        return builder.build();
    }

    byte[] key() {
        return key;
    }

    RecordBatchBuilder builder() {
        return builder;
    }
}
