package io.tailrace.server.fetch;

import io.tailrace.log.FileSlice;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.server.api.FileRecords;
import io.tailrace.server.partition.Read;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Builds an answer to a fetch. Each partition is read once. {@linkplain #close Close} it, or answer with it, which passes its
 * files to the answer. Confined to one thread.
 */
final class FetchAttempt {
    private final FetchPlan plan;
    private final int bytesMax;
    private final Map<PlannedPartition, FetchResponse.Partition> results = new LinkedHashMap<>();
    private final List<Read> reads = new ArrayList<>();
    private int sizeInBytes;
    private boolean mustBeAnswered;

    /** @param bytesMax bound on the bytes of records, unless the first batch alone is larger */
    FetchAttempt(FetchPlan plan, int bytesMax) {
        this.plan = plan;
        this.bytesMax = bytesMax;
    }

    /**
     * Whether the client must have an answer now: there are enough bytes, or it must act on an error, a divergence or another
     * replica to read from, or a follower that serves consumers must learn of offsets.
     */
    boolean isEnough(int bytesMin) {
        return mustBeAnswered || plan.readableBytes() >= bytesMin;
    }

    /** The number of partitions that were looked at. */
    int looks() {
        return results.size();
    }

    /** Looks at partitions. */
    void look(Collection<PlannedPartition> partitions) {
        try {
            partitions.forEach(this::look);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Looks at the active partitions, in their order, while there is room. */
    void lookAtActive() {
        for (PlannedPartition partition : plan.active()) {
            if (mustBeRead(partition) && hasRoom()) {
                look(List.of(partition));
            }
        }
    }

    private boolean hasRoom() {
        return sizeInBytes == 0 || sizeInBytes < bytesMax;
    }

    private void look(PlannedPartition partition) {
        OptionalInt preferred = partition.preferredReadReplica();
        if (preferred.isPresent()) {
            // Checks the request, reads no records.
            FetchResponse.Partition checked = result(partition.index(), partition.read(0, false));
            results.put(
                    partition,
                    checked.errorCode() == ErrorCode.NONE
                            ? checked.withPreferredReadReplica(preferred.getAsInt())
                            : checked);
            mustBeAnswered = true;
            return;
        }
        int room = Math.max(0, Math.min(partition.bytesMax(), bytesMax - sizeInBytes));
        Read read = partition.read(room, sizeInBytes == 0);
        results.put(partition, result(partition.index(), read));
        mustBeAnswered |= plan.wakesForOffsets() && partition.hasNews();
    }

    private FetchResponse.Partition result(int index, Read read) {
        if (read.error() != ErrorCode.NONE) {
            mustBeAnswered = true;
            return FetchResponse.Partition.refused(index, read.error(), read.logStartOffset());
        }
        EpochEnd diverging = read.diverging();
        if (diverging != null) {
            mustBeAnswered = true;
            return FetchResponse.Partition.diverging(
                    index,
                    read.highWatermark(),
                    read.logStartOffset(),
                    new EpochEndOffset(diverging.epoch(), diverging.endOffset()));
        }
        reads.add(read);
        sizeInBytes += read.sizeInBytes();
        return answer(index, read.highWatermark(), read.logStartOffset(), read.transactions(), records(read));
    }

    /** The answer to a read that succeeded. */
    static FetchResponse.Partition answer(
            int index,
            long highWatermark,
            long logStartOffset,
            Read.@Nullable Transactions transactions,
            @Nullable FileRecords records) {
        FetchResponse.Partition answer = FetchResponse.Partition.read(index, highWatermark, logStartOffset, records);
        return transactions == null
                ? answer
                : answer.withTransactions(
                        transactions.lastStableOffset(),
                        transactions.aborted().stream()
                                .map(each ->
                                        new FetchResponse.AbortedTransaction(each.producerId(), each.firstOffset()))
                                .toList());
    }

    private static @Nullable FileRecords records(Read read) {
        LogSlice slice = read.slice();
        if (slice == null || slice.isEmpty()) {
            return null;
        }
        if (slice instanceof FileSlice file) {
            return new FileRecords(file);
        }
        throw new IllegalStateException("only logs in files are served, found " + slice.getClass());
    }

    /** Closes the files, as there is no answer yet. */
    void close() {
        reads.forEach(Read::close);
        results.keySet().forEach(plan::settle);
    }

    /** Reads the unread partitions, and answers all partitions of the plan. */
    List<FetchResponse.Topic> answerAll() {
        look(plan.active().stream().filter(this::mustBeRead).toList());
        Topics topics = new Topics();
        plan.forEach(partition -> {
            FetchResponse.Partition result = results.get(partition);
            topics.add(partition, result == null ? partition.withoutRecords() : result);
        });
        return topics.all();
    }

    /** Reads the unread partitions, as far as there is room, and answers the partitions with news. */
    List<FetchResponse.Topic> answerChanged() {
        lookAtActive();
        Topics topics = new Topics();
        for (PlannedPartition partition : plan.active()) {
            FetchResponse.Partition result = results.get(partition);
            if (result == null && partition.isQuiet()) {
                result = partition.withoutRecords();
            }
            if (result != null && (isAnswer(result) || partition.hasNews())) {
                topics.add(partition, result);
            } else {
                plan.settle(partition);
            }
        }
        return topics.all();
    }

    private boolean mustBeRead(PlannedPartition partition) {
        return !partition.isQuiet() && !results.containsKey(partition);
    }

    private static boolean isAnswer(FetchResponse.Partition result) {
        return result.errorCode() != ErrorCode.NONE
                || !result.divergingEpoch().equals(EpochEndOffset.NONE)
                || result.preferredReadReplica() != FetchResponse.Partition.NO_PREFERENCE
                || hasRecords(result);
    }

    private static boolean hasRecords(FetchResponse.Partition result) {
        RecordsPayload records = result.records();
        return records != null && records.sizeInBytes() > 0;
    }

    /** Groups partitions by topic, and reports each answered partition to the plan. */
    private final class Topics {
        private final Map<FetchedTopic, FetchResponse.Topic> byTopic = new LinkedHashMap<>();

        void add(PlannedPartition partition, FetchResponse.Partition result) {
            byTopic.computeIfAbsent(
                            partition.topic(),
                            topic -> new FetchResponse.Topic(partition.topicName(), topic.id(), new ArrayList<>()))
                    .partitions()
                    .add(result);
            plan.answered(partition, hasRecords(result));
        }

        List<FetchResponse.Topic> all() {
            return List.copyOf(byTopic.values());
        }
    }
}
