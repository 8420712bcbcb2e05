package io.tailrace.groups.offsets;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Short forms of requests about offsets in transactions. */
final class TransactionRequests {
    static final short VERSION = 5;

    private TransactionRequests() {}

    /** A commit by a client that names no member. */
    static CommitTransactionOffsets commit(long producerId, String group, String topic, int partition, long offset) {
        return commitBy("", null, -1, producerId, group, topic, new long[] {partition, offset});
    }

    /** @param offsets pairs of a partition and an offset */
    static CommitTransactionOffsets commitBy(
            String memberId,
            @Nullable String instanceId,
            int generation,
            long producerId,
            String group,
            String topic,
            long[]... offsets) {
        List<TxnOffsetCommitRequest.Partition> partitions = List.of(offsets).stream()
                .map(each -> new TxnOffsetCommitRequest.Partition((int) each[0], each[1], 4, "note"))
                .toList();
        return new CommitTransactionOffsets(
                new TxnOffsetCommitRequest(
                        "id",
                        group,
                        producerId,
                        (short) 0,
                        generation,
                        memberId,
                        instanceId,
                        List.of(new TxnOffsetCommitRequest.Topic(topic, partitions))),
                VERSION,
                OptionalLong.empty());
    }

    /** The results in the order of the request. */
    static List<ErrorCode> errors(CommitTransactionOffsets.Answer answer) {
        return ((CommitTransactionOffsets.Answer.Results) answer)
                .response().topics().stream()
                        .flatMap(topic -> topic.partitions().stream().map(OffsetCommitResponse.Partition::errorCode))
                        .toList();
    }

    static EndOffsetsTransaction end(long producerId, boolean isCommit) {
        return new EndOffsetsTransaction(new EndTransactionMarker(producerId, (short) 1, isCommit, 3), true);
    }

    /** All offsets of a group, as long as none is undecided. */
    static FetchOffsets fetchStable(String group) {
        return new FetchOffsets(new OffsetFetchRequest.Group(group, null), true);
    }

    /** Offsets or errors by partition, such as {@code web-0}. */
    static Map<String, String> results(OffsetFetchResponse.Group answer) {
        Map<String, String> results = new TreeMap<>();
        answer.topics().forEach(topic -> topic.partitions()
                .forEach(each -> results.put(
                        topic.name() + "-" + each.partitionIndex(),
                        each.errorCode() == ErrorCode.NONE
                                ? Long.toString(each.committedOffset())
                                : each.errorCode().name())));
        return results;
    }
}
