package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import io.tailrace.protocol.record.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's position in one partition, and the data that it has read ahead: batches not yet decoded, and the records of the
 * batch being polled. Guarded by the {@link Assignment}'s monitor.
 */
final class AssignedPartition {
    /** Where to look up an unknown position. */
    enum Start {
        COMMITTED,
        RESET,
        EARLIEST,
        LATEST
    }

    static final long UNKNOWN = -1;

    private final TopicPartition topicPartition;
    private final Deque<Buffered> batches = new ArrayDeque<>();
    private final Deque<ConsumerRecord> records = new ArrayDeque<>();
    private Start start;
    private long position = UNKNOWN;
    private long fetchOffset = UNKNOWN;
    private long decodedTo = UNKNOWN;
    private long bufferedBytes;
    private final IntSupplier generations;
    private int generation;
    private boolean requestInFlight;
    private int failures;
    private long retryAtMs = Long.MIN_VALUE;
    private @Nullable ClientException failure;
    private boolean paused;
    private UUID topicId = MetadataSnapshot.NO_ID;

    /**
     * A batch that is not decoded yet.
     *
     * @param batch null if its records are not returned: markers, and those of aborted transactions
     */
    private record Buffered(@Nullable RecordBatch batch, long nextOffset) {}

    /**
     * @param generations counts the generations of all partitions, so that a partition that is assigned again gets new numbers
     */
    AssignedPartition(TopicPartition topicPartition, Start start, IntSupplier generations) {
        this.topicPartition = topicPartition;
        this.start = start;
        this.generations = generations;
        this.generation = generations.getAsInt();
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    /** Drops what was read ahead, and voids requests in flight. */
    private void clear() {
        batches.clear();
        records.clear();
        bufferedBytes = 0;
        generation = generations.getAsInt();
        requestInFlight = false;
        failures = 0;
        retryAtMs = Long.MIN_VALUE;
        failure = null;
    }

    void seek(long offset) {
        clear();
        position = offset;
        fetchOffset = offset;
        decodedTo = offset;
    }

    void seek(Start from) {
        clear();
        position = UNKNOWN;
        fetchOffset = UNKNOWN;
        decodedTo = UNKNOWN;
        start = from;
    }

    boolean hasPosition() {
        return position != UNKNOWN;
    }

    /** Whether its records are neither fetched nor returned. */
    boolean isPaused() {
        return paused;
    }

    void pause(boolean pause) {
        paused = pause;
    }

    /** Notes the id of the topic. Returns whether the position is of an earlier topic with the same name. */
    boolean isOfEarlierTopic(UUID id) {
        boolean isEarlier = MetadataSnapshot.areDifferent(topicId, id);
        topicId = id.equals(MetadataSnapshot.NO_ID) ? topicId : id;
        return isEarlier;
    }

    Start start() {
        return start;
    }

    /** Next offset to be returned by poll, or {@link #UNKNOWN}. */
    long position() {
        return position;
    }

    /** Next offset to be fetched, or {@link #UNKNOWN}. */
    long fetchOffset() {
        return fetchOffset;
    }

    long bufferedBytes() {
        return bufferedBytes;
    }

    /** Changes with every seek and assignment. Responses to requests of an earlier generation are ignored. */
    int generation() {
        return generation;
    }

    boolean mayRequest(long nowMs) {
        return !requestInFlight && failure == null && retryAtMs <= nowMs;
    }

    /** The time at which {@link #mayRequest} becomes true, if nothing else happens. */
    long retryAtMs() {
        return requestInFlight || failure != null ? Long.MAX_VALUE : retryAtMs;
    }

    void requested() {
        requestInFlight = true;
    }

    void answered() {
        requestInFlight = false;
        failures = 0;
    }

    void failed(long nowMs, Backoff backoff) {
        requestInFlight = false;
        failures++;
        retryAtMs = nowMs + backoff.pauseMs(failures);
    }

    /** Makes the next poll throw. */
    void failWith(ClientException why) {
        requestInFlight = false;
        failure = why;
    }

    /** Returns and clears the failure. Reading continues at the position. */
    @Nullable
    ClientException takeFailure() {
        ClientException taken = failure;
        failure = null;
        return taken;
    }

    /** Buffers batches that were read from the fetch offset on, without the aborted ones. The last may be incomplete. */
    void buffer(ByteBuffer bytes, AbortedTransactions aborted) {
        int whole = 0;
        try {
            for (RecordBatch batch : RecordBatches.of(bytes)) {
                boolean isReturned = !aborted.contain(batch) && !batch.isControl();
                whole++;
                if (batch.nextOffset() > fetchOffset) {
                    batches.add(new Buffered(isReturned ? batch : null, batch.nextOffset()));
                    bufferedBytes += isReturned ? batch.sizeInBytes() : 0;
                    fetchOffset = batch.nextOffset();
                }
            }
        } catch (CorruptBatchException e) {
            if (whole == 0) {
                failWith(corrupt(fetchOffset, e));
            }
            return;
        }
        if (whole == 0 && bytes.hasRemaining()) {
            failWith(new ClientException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    topicPartition + ": the batch at offset " + fetchOffset + " does not fit into a response; raise"
                            + " max.partition.fetch.bytes"));
        }
    }

    /**
     * Moves records to a list, until it has {@code max}.
     *
     * @return false if nothing is left to move
     */
    boolean drainTo(List<ConsumerRecord> target, int max, Decompressor decompressor) {
        if (paused) {
            return false;
        }
        while (target.size() < max) {
            if (records.isEmpty()) {
                position = Math.max(position, decodedTo);
                if (!decodeNext(decompressor)) {
                    return false;
                }
                continue;
            }
            ConsumerRecord record = records.remove();
            position = records.isEmpty() ? decodedTo : record.offset() + 1;
            target.add(record);
        }
        return true;
    }

    private boolean decodeNext(Decompressor decompressor) {
        Buffered next = batches.poll();
        if (next == null) {
            return false;
        }
        RecordBatch batch = next.batch;
        if (batch == null) {
            decodedTo = next.nextOffset;
            return true;
        }
        bufferedBytes -= batch.sizeInBytes();
        try {
            decode(batch, decompressor);
            decodedTo = next.nextOffset;
            return true;
        } catch (CorruptBatchException e) {
            ClientException corrupt = corrupt(batch.baseOffset(), e);
            seek(position);
            failWith(corrupt);
            return false;
        }
    }

    /** Decodes the whole batch before any of its records is returned. It may begin before the position. */
    private void decode(RecordBatch batch, Decompressor decompressor) {
        batch.ensureCrc();
        RecordCursor cursor = RecordCursor.of(batch, decompressor);
        while (cursor.next()) {
            if (cursor.offset() >= position) {
                records.add(new ConsumerRecord(
                        topicPartition,
                        cursor.offset(),
                        cursor.timestampMs(),
                        cursor.keyCopy(),
                        cursor.valueCopy(),
                        headersOf(cursor)));
            }
        }
    }

    private static List<Header> headersOf(RecordCursor cursor) {
        return cursor.headerCount() == 0
                ? List.of()
                : cursor.headers().stream().map(AssignedPartition::header).toList();
    }

    private static Header header(RecordHeader header) {
        return new Header(header.key(), header.value());
    }

    private ClientException corrupt(long offset, CorruptBatchException e) {
        return new ClientException(
                ErrorCode.CORRUPT_MESSAGE, topicPartition + ": batch at offset " + offset + ": " + e.getMessage(), e);
    }
}
