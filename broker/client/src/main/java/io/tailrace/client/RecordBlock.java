package io.tailrace.client;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Records of one topic and key that are sent as one batch, with one acknowledgement for all of them. For senders of many small
 * records: a record is copied once and costs no object. {@link Producer#newBlock} makes one. Not thread-safe; nothing may be
 * added once it is sent, and it is sent once, even if the producer does not take it. Once it was sent, a {@link #copy} can be sent in
 * another transaction.
 */
public final class RecordBlock {
    private final String topic;
    private final byte[] key;
    private final RecordBatchBuilder builder;
    /** The batch; null before it is encoded. */
    private @Nullable ByteBuffer encoded;

    private boolean isSent;

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

    /** Memory that the block takes; less once it is encoded, if it is compressed. */
    public int memoryBytes() {
        ByteBuffer batch = encoded;
        return batch == null ? builder.bufferBytes() : batch.capacity();
    }

    /** The batch, without a producer id unless a producer has set it. The first call compresses it, and nothing may be added after that. */
    public ByteBuffer encode() {
        ByteBuffer batch = encoded;
        if (batch == null) {
            batch = builder.build();
            encoded = batch;
        }
        return batch;
    }

    boolean isEncoded() {
        return encoded != null;
    }

    /**
     * Notes that a producer sends it.
     *
     * @param transactional whether it does so in a transaction
     * @throws IllegalStateException if the block was sent before, or encoded for a producer of the other kind
     */
    void markSent(boolean transactional) {
        ByteBuffer batch = encoded;
        if (isSent || (batch != null && RecordBatch.at(batch).isTransactional() != transactional)) {
            throw new IllegalStateException("block of " + recordCount() + " records for " + topic
                    + (isSent
                            ? " was sent before"
                            : " was encoded " + (transactional ? "outside of" : "for") + " a transaction"));
        }
        isSent = true;
        if (transactional) {
            builder.transactional();
        }
    }

    /**
     * A block with the same batch, which is not compressed again. For a block that is not on its way any more.
     *
     * @throws IllegalStateException if the block was never encoded
     */
    public RecordBlock copy() {
        ByteBuffer batch = encoded;
        if (batch == null) {
            throw new IllegalStateException("block of " + recordCount() + " records for " + topic + " is not encoded");
        }
        RecordBlock copy = new RecordBlock(topic, key, builder);
        copy.encoded = ByteBuffer.allocate(batch.limit()).put(0, batch, 0, batch.limit());
        return copy;
    }

    byte[] key() {
        return key;
    }

    RecordBatchBuilder builder() {
        return builder;
    }
}
