package io.tailrace.server.fetch;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.ConsumerFetch;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Read;
import io.tailrace.server.partition.ReadWaiter;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A partition in a plan: what the client wants from it, what the last look at it found, and what was last answered. Used by one
 * fetch at a time, except for {@link #wake}, {@link #noteOffsets} and the mark.
 */
final class PlannedPartition implements ReadWaiter {
    private static final long UNKNOWN = -1;

    private enum State {
        /** It is new, it has changed, or the client wants something else from it. */
        TO_READ,
        /** The last read found records, an error or a divergence. */
        READABLE,
        /** The last read found nothing, so that there is nothing until the next mark. */
        QUIET
    }

    private final FetchPlan plan;
    private final FetchedTopic topic;

    /** Null while the topic's name is not known, or if the index is negative. */
    private @Nullable TopicPartition id;

    private FetchRequest.Partition wanted;
    private @Nullable Partition partition;

    /** Whether the partition calls this entry. */
    private boolean follows;

    private long changesSeen;

    /** Written under the monitor of the plan's changes. */
    private volatile boolean marked;

    private State state = State.TO_READ;

    private int readableBytes;
    private long highWatermark = UNKNOWN;
    private long logStartOffset = UNKNOWN;
    /** Null unless the client reads committed records. */
    private Read.@Nullable Transactions transactions;

    private long answeredHighWatermark = UNKNOWN;
    private long answeredLogStartOffset = UNKNOWN;

    PlannedPartition(FetchPlan plan, FetchedTopic topic, FetchRequest.Partition wanted) {
        this.plan = plan;
        this.topic = topic;
        this.wanted = wanted;
    }

    FetchedTopic topic() {
        return topic;
    }

    /** The topic's name, empty if it is not known. */
    String topicName() {
        String name = topic.name();
        if (name != null) {
            return name;
        }
        return id == null ? "" : id.topic();
    }

    int index() {
        return wanted.partition();
    }

    int bytesMax() {
        return wanted.partitionMaxBytes();
    }

    FollowerFetch followerFetch() {
        return plan.requester().fetch(wanted);
    }

    /** Replaces the request for this partition. A client that has changed its leader epoch may have dropped the last answer. */
    void want(FetchRequest.Partition now) {
        if (now.currentLeaderEpoch() != wanted.currentLeaderEpoch()) {
            answeredHighWatermark = UNKNOWN;
        }
        wanted = now;
        changed();
    }

    /** The result of the last read is out of date. */
    void changed() {
        state = State.TO_READ;
        setReadableBytes(0);
    }

    private void setReadableBytes(int bytes) {
        plan.readableBytesChanged(bytes - readableBytes);
        readableBytes = bytes;
    }

    /** The partition as it is on this broker now, null if it is not. */
    @Nullable
    Partition bind() {
        Partition found = find();
        if (found != partition) {
            stopFollowing();
            partition = found;
            changesSeen = found == null ? 0 : found.changes();
            if (plan.follows()) {
                follow();
            }
        }
        return found;
    }

    private @Nullable Partition find() {
        if (id == null && index() >= 0) {
            String name = currentName();
            id = name == null ? null : new TopicPartition(name, index());
        }
        Partition found = id == null ? null : plan.partitions().find(id);
        boolean isOfOtherTopic =
                found != null && topic.name() == null && !found.topicId().equals(topic.id());
        return isOfOtherTopic ? null : found;
    }

    /** The name that the topic has now; null if there is no topic with its id. */
    private @Nullable String currentName() {
        return topic.name() == null ? plan.partitions().topicName(topic.id()) : topic.name();
    }

    private ErrorCode errorOfMissing() {
        String name = currentName();
        if (name == null) {
            return ErrorCode.UNKNOWN_TOPIC_ID;
        }
        // The name may have passed to another topic, while this broker has not opened or closed the logs yet.
        return topic.name() == null && plan.partitions().find(name, index()) != null
                ? ErrorCode.INCONSISTENT_TOPIC_ID
                : plan.partitions().errorOfMissing(name, index());
    }

    /** Registers for calls of the partition; there is one at once if it has changed since it was read. */
    void follow() {
        if (partition == null || follows) {
            return;
        }
        follows = true;
        if (plan.requester().isFollower()) {
            partition.addFollower(this);
        } else {
            partition.add(this);
        }
        if (partition.changes() != changesSeen) {
            wake();
        }
    }

    void stopFollowing() {
        if (partition != null && follows) {
            partition.remove(this);
        }
        follows = false;
    }

    @Override
    public void wake() {
        plan.changes().mark(this, true);
    }

    @Override
    public void noteOffsets() {
        plan.changes().mark(this, plan.wakesForOffsets());
    }

    boolean isMarked() {
        return marked;
    }

    void setMarked(boolean nowMarked) {
        marked = nowMarked;
    }

    /** Whether the leader has not counted this follower's fetch, though it may now. */
    boolean isUncounted() {
        Partition bound = bind();
        return bound != null && bound.replica() instanceof Leader leader && !leader.hasCounted(followerFetch());
    }

    /** Reads the records that the requester may read. Close the outcome. */
    Read read(int room, boolean atLeastOneBatch) {
        Partition bound = bind();
        if (bound == null) {
            return Read.refused(errorOfMissing());
        }
        changesSeen = bound.changes();
        Read read = read(bound, room, atLeastOneBatch);
        setReadableBytes(read.sizeInBytes());
        boolean failed = read.error() != ErrorCode.NONE || read.diverging() != null;
        state = stateAfter(failed, room);
        highWatermark = failed ? UNKNOWN : read.highWatermark();
        logStartOffset = failed ? UNKNOWN : read.logStartOffset();
        transactions = read.transactions();
        return readableBytes == room && !atLeastOneBatch ? wholeBatches(bound, read) : read;
    }

    private Read read(Partition bound, int room, boolean atLeastOneBatch) {
        Requester requester = plan.requester();
        if (requester.isFollower()) {
            return bound.read(followerFetch(), room, atLeastOneBatch);
        }
        ConsumerFetch fetch = requester.consumerFetch(wanted);
        return requester.readsFromFollowers()
                ? bound.readFromFollower(fetch, room, atLeastOneBatch)
                : bound.read(fetch, room, atLeastOneBatch);
    }

    /** The follower from which the consumer should read, as the leader says. */
    OptionalInt preferredReadReplica() {
        Partition bound = plan.selectsReplicas() ? bind() : null;
        return bound == null
                ? OptionalInt.empty()
                : bound.leadershipIn(wanted.currentLeaderEpoch())
                        .map(
                                leader -> leader.followerInRack(plan.requester().rack(), wanted.fetchOffset()),
                                error -> OptionalInt.empty());
    }

    private State stateAfter(boolean failed, int room) {
        if (failed || readableBytes > 0) {
            return State.READABLE;
        }
        return room > 0 ? State.QUIET : State.TO_READ;
    }

    /** Java's consumer fails if it gets only a part of a batch from a partition. */
    private static Read wholeBatches(Partition partition, Read read) {
        try {
            return read.hasWholeBatch() ? read : read.withoutRecords();
        } catch (IOException e) {
            read.close();
            return Read.refused(partition.errorOf(e));
        }
    }

    /** Whether nothing can be read until the partition changes again. */
    boolean isQuiet() {
        return state == State.QUIET;
    }

    /** Whether the last look found other offsets than were last answered. */
    boolean hasNews() {
        return highWatermark != answeredHighWatermark || logStartOffset != answeredLogStartOffset;
    }

    /** Records that the client is about to get the result of the last look. */
    void answered() {
        answeredHighWatermark = highWatermark;
        answeredLogStartOffset = logStartOffset;
    }

    /** The answer for a partition that has nothing to read, by the last look at it. */
    FetchResponse.Partition withoutRecords() {
        return FetchAttempt.answer(index(), highWatermark, logStartOffset, transactions, null);
    }
}
