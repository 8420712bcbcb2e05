package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch of records of one partition that is not acknowledged, and the futures of its senders.
 *
 * <p>Guarded by its {@link PartitionQueue} while records are added. After {@link #seal} only the producer's thread uses
 * it.
 */
final class PendingBatch {
    /** A record's future and timestamp. */
    private record Sent(CompletableFuture<RecordMetadata> future, long timestampMs) {}

    private final TopicPartition topicPartition;
    private final long createdMs;
    private final RecordBatchBuilder builder;
    /** Empty for a block. */
    private final List<Sent> records = new ArrayList<>();
    /** Null if each record has a future of its own. */
    private final @Nullable RecordBlock block;
    /** That of the block; null without one. */
    private final @Nullable CompletableFuture<RecordMetadata> blockFuture;

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int reservedBytes;
    private boolean sealed;

    private @Nullable ByteBuffer encoded;
    private boolean inFlight;
    private int attempts;
    private boolean unanswered;
    private boolean mayBeWritten;
    private long retryAtMs;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private volatile ErrorCode lastError = ErrorCode.NONE;

    PendingBatch(TopicPartition topicPartition, RecordBatchBuilder builder, long createdMs) {
        this.topicPartition = topicPartition;
        this.createdMs = createdMs;
        this.retryAtMs = createdMs;
        this.builder = builder;
        this.block = null;
        this.blockFuture = null;
    }

    /** A sealed batch that is a block, and the block's future. */
    PendingBatch(
            TopicPartition topicPartition,
            RecordBlock block,
            CompletableFuture<RecordMetadata> future,
            int reservedBytes,
            long createdMs) {
        this.topicPartition = topicPartition;
        this.createdMs = createdMs;
        this.retryAtMs = createdMs;
        this.builder = block.builder();
        this.block = block;
        this.blockFuture = future;
        this.reservedBytes = reservedBytes;
        this.sealed = true;
        this.encoded = block.isEncoded() ? block.encode() : null;
    }

    /** Adds a record and returns its future. Returns null and adds nothing if the batch is full. */
    @Nullable
    CompletableFuture<RecordMetadata> append(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers, int bytes) {
        if (sealed || !builder.append(timestampMs, key, value, headers)) {
            return null;
        }
        CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
        records.add(new Sent(future, timestampMs));
        reservedBytes += bytes;
        return future;
    }

    /** Refuses further records. */
    void seal() {
        sealed = true;
    }

    boolean isSealed() {
        return sealed;
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    long createdMs() {
        return createdMs;
    }

    int recordCount() {
        return builder.recordCount();
    }

    /** Whether one future stands for all records. Such a batch cannot be split. */
    boolean isBlock() {
        return block != null;
    }

    int plainBytes() {
        return builder.plainBytes();
    }

    /** The producer memory that its records have reserved. */
    int reservedBytes() {
        return reservedBytes;
    }

    /** Completes after the futures of all its records. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** The encoded batch. The first call compresses it. */
    ByteBuffer encoded() {
        ByteBuffer bytes = encoded;
        if (bytes == null) {
            bytes = block == null ? builder.build() : block.encode();
            encoded = bytes;
        }
        return bytes;
    }

    boolean hasSequence() {
        return baseSequence != RecordBatch.NO_SEQUENCE;
    }

    int baseSequence() {
        return baseSequence;
    }

    /** Sets the producer id, epoch and base sequence number. */
    void sequence(long producerId, short epoch, int sequence) {
        baseSequence = sequence;
        if (encoded == null) {
            builder.producer(producerId, epoch, sequence);
        } else {
            RecordBatch.at(encoded).stampProducer(producerId, epoch, sequence);
        }
    }

    /** Clears the sequence number; the next send assigns a new one. */
    void clearSequence() {
        baseSequence = RecordBatch.NO_SEQUENCE;
    }

    boolean isInFlight() {
        return inFlight;
    }

    int attempts() {
        return attempts;
    }

    void sent() {
        inFlight = true;
        attempts++;
    }

    void answered() {
        inFlight = false;
    }

    /** Records that a request with this batch got no answer: the broker may still receive it, at any time. */
    void markUnanswered() {
        unanswered = true;
        mayBeWritten = true;
    }

    /** Whether a request with this batch got no answer. */
    boolean isUnanswered() {
        return unanswered;
    }

    /** Whether a broker may have appended the batch: an attempt had no answer, or an error that can also follow the append. */
    boolean mayBeWritten() {
        return mayBeWritten;
    }

    long retryAtMs() {
        return retryAtMs;
    }

    void retryAt(long ms, ErrorCode why) {
        retryAtMs = ms;
        lastError = why;
        mayBeWritten |= switch (why) {
            case NOT_ENOUGH_REPLICAS, OUT_OF_ORDER_SEQUENCE_NUMBER, CONCURRENT_TRANSACTIONS -> false;
            default -> true;
        };
    }

    /** The error of the last attempt, for messages. Any thread may ask, and then sees the number of attempts up to it. */
    ErrorCode lastError() {
        return lastError;
    }

    boolean isDone() {
        return done.isDone();
    }

    /**
     * Completes the records' futures, unless they are already complete.
     *
     * @param baseOffset the first record's offset, or -1 if unknown
     * @param logAppendTimeMs the timestamp of all records, or -1 if they keep their own
     */
    void succeed(long baseOffset, long logAppendTimeMs) {
        if (blockFuture != null) {
            OptionalLong offset = baseOffset < 0 ? OptionalLong.empty() : OptionalLong.of(baseOffset);
            long timestampMs = logAppendTimeMs < 0 ? builder.baseTimestampMs() : logAppendTimeMs;
            blockFuture.complete(new RecordMetadata(topicPartition, offset, timestampMs));
        }
        for (int i = 0; i < records.size(); i++) {
            Sent sent = records.get(i);
            OptionalLong offset = baseOffset < 0 ? OptionalLong.empty() : OptionalLong.of(baseOffset + i);
            long timestampMs = logAppendTimeMs < 0 ? sent.timestampMs() : logAppendTimeMs;
            sent.future().complete(new RecordMetadata(topicPartition, offset, timestampMs));
        }
        done.complete(null);
    }

    /** Fails the records' futures, unless they are already complete. */
    void fail(ClientException why) {
        if (blockFuture != null) {
            blockFuture.completeExceptionally(why);
        }
        for (Sent sent : records) {
            sent.future().completeExceptionally(why);
        }
        done.complete(null);
    }

    /** Splits the records and their futures into two batches, which take this batch's place and sequence numbers. */
    List<PendingBatch> split(ProducerConfig config, List<ParsedRecord> parsed, long producerId, short epoch) {
        int half = (records.size() + 1) / 2;
        List<PendingBatch> parts = new ArrayList<>();
        for (int from = 0; from < records.size(); from += half) {
            int to = Math.min(records.size(), from + half);
            PendingBatch part = new PendingBatch(topicPartition, config.batchBuilder(Integer.MAX_VALUE), createdMs);
            for (int i = from; i < to; i++) {
                ParsedRecord record = parsed.get(i);
                part.builder.append(record.timestampMs(), record.key(), record.value(), record.headers());
                part.records.add(records.get(i));
            }
            part.reservedBytes =
                    (int) ((long) reservedBytes * to / records.size() - (long) reservedBytes * from / records.size());
            part.seal();
            part.unanswered = unanswered;
            part.mayBeWritten = mayBeWritten;
            if (hasSequence()) {
                part.sequence(producerId, epoch, RecordBatch.sequenceAfter(baseSequence, from));
            }
            parts.add(part);
        }
        CompletableFuture<Void> unused = CompletableFuture.allOf(
                        parts.stream().map(PendingBatch::done).toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> done.complete(null));
        return parts;
    }

    /** A record decoded from a batch. */
    record ParsedRecord(long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {}
}
