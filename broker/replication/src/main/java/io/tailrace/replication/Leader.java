package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A replica that leads.
 *
 * @param epochStartOffset the log end offset at its election: earlier leaders wrote what is below
 * @param followers the other replicas' progress
 * @param proposalOrNull the state that is being written, with the version it expects; null if none is
 */
public record Leader(
        PartitionView view,
        LogView log,
        long epochStartOffset,
        List<FollowerProgress> followers,
        @Nullable PartitionState proposalOrNull)
        implements Replica, Leadership {

    /** The state that is being written, if one is. */
    public Optional<PartitionState> proposal() {
        return Optional.ofNullable(proposalOrNull);
    }

    @Override
    public Leadership leadership() {
        return this;
    }

    @Override
    public boolean isLastKnownLeader() {
        return true;
    }

    @Override
    public <T> T map(Function<? super Leader, ? extends T> ifLeader, Function<? super ErrorCode, ? extends T> ifNot) {
        return ifLeader.apply(this);
    }

    /**
     * Whether a batch may be appended now: {@code NONE}, or the error to answer.
     *
     * @param allInsync true for {@code acks=all}
     */
    public ErrorCode appendable(boolean allInsync) {
        return allInsync && view.state().isr().size() < view.minInsync()
                ? ErrorCode.NOT_ENOUGH_REPLICAS
                : ErrorCode.NONE;
    }

    /**
     * Whether all in-sync replicas have everything below {@code offset} (exclusive). A produce with {@code acks=all} waits
     * for this, also if it repeats an earlier one.
     */
    public boolean acknowledged(long offset) {
        return log.highWatermark() >= offset;
    }

    /**
     * The high watermark as the latest offset; empty until it has reached this leader's epoch (KIP-207). Until then the
     * leader before may have shown clients more, and the answer is {@code OFFSET_NOT_AVAILABLE}.
     */
    public Optional<Long> latestOffset() {
        return log.highWatermark() < epochStartOffset ? Optional.empty() : Optional.of(log.highWatermark());
    }

    /** What a consumer gets that fetches from this offset: nothing at or above the high watermark. */
    public FetchVerdict consumerFetch(long fetchOffset) {
        return inRange(fetchOffset, log.highWatermark());
    }

    /**
     * The follower from which a consumer of this rack should read (KIP-392): one of that rack that is in sync and has the offset, as
     * this leader knows. Empty if there is none, if the leader is of that rack itself, or if the leader must answer because the offset
     * is out of range. Of several, the one with the longest log.
     *
     * @param rack empty for none
     */
    public OptionalInt followerInRack(String rack, long fetchOffset) {
        return RackAwareSelection.followerInRack(this, rack, fetchOffset);
    }

    /**
     * What a follower gets that fetches in this leader epoch ({@link #leadershipIn}). Report each fetch as
     * {@link Event.Fetched}, whatever the answer is.
     */
    public FetchVerdict followerFetch(FollowerFetch fetch) {
        if (progress(fetch.follower().brokerId()) < 0) {
            return new FetchVerdict.Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return diverges(fetch)
                ? new FetchVerdict.Diverging(endOf(fetch.lastFetchedEpoch()))
                : inRange(fetch.fetchOffset(), log.endOffset());
    }

    /**
     * Whether this fetch, or one like it, has been counted as an acknowledgement. A fetch that has not may count later, once the
     * follower's registration or assignment is known here.
     */
    public boolean hasCounted(FollowerFetch fetch) {
        return fetch.currentLeaderEpoch() == leaderEpoch() && acknowledgedBy(fetch.follower()) == fetch.fetchOffset();
    }

    /** Whether the log of the replica that fetches is a prefix of this one. */
    boolean agreesWith(FollowerFetch fetch) {
        return progress(fetch.follower().brokerId()) >= 0
                && !diverges(fetch)
                && inRange(fetch.fetchOffset(), log.endOffset()) instanceof FetchVerdict.Read;
    }

    /** Where {@code epoch} ends in this log, for OffsetForLeaderEpoch. */
    public EpochEnd endOf(int epoch) {
        return log.epochs().endOf(epoch, log.endOffset());
    }

    /** The broker's index in {@link #followers}, -1 if it is not a replica. */
    int progress(int brokerId) {
        for (int i = 0; i < followers.size(); i++) {
            if (followers.get(i).follower().brokerId() == brokerId) {
                return i;
            }
        }
        return -1;
    }

    /** The offset up to which this incarnation has acknowledged, exclusive; {@link FollowerProgress#UNKNOWN} if it has not. */
    long acknowledgedBy(Incarnation member) {
        if (member.equals(view.self())) {
            return log.endOffset();
        }
        int i = progress(member.brokerId());
        return i >= 0 && followers.get(i).isOf(member) ? followers.get(i).endOffset() : FollowerProgress.UNKNOWN;
    }

    /**
     * The lowest log start offset of the in-sync replicas, inclusive: records below it are deleted everywhere that matters.
     * {@link FollowerProgress#UNKNOWN} until each of them has fetched in this leader epoch.
     */
    public long lowWatermark() {
        long lowest = log.startOffset();
        for (Incarnation member : view.state().isr()) {
            if (!member.equals(view.self())) {
                int i = progress(member.brokerId());
                boolean isKnown = i >= 0 && followers.get(i).isOf(member);
                lowest = Math.min(lowest, isKnown ? followers.get(i).startOffset() : FollowerProgress.UNKNOWN);
            }
        }
        return lowest;
    }

    private boolean diverges(FollowerFetch fetch) {
        boolean hasNothing = fetch.lastFetchedEpoch() == LeaderEpochs.UNKNOWN;
        if (hasNothing && fetch.fetchOffset() <= log.startOffset()) {
            return false;
        }
        EpochEnd common = endOf(fetch.lastFetchedEpoch());
        return common.epoch() != fetch.lastFetchedEpoch() || common.endOffset() < fetch.fetchOffset();
    }

    private FetchVerdict inRange(long fetchOffset, long endOffset) {
        boolean inRange = fetchOffset >= log.startOffset() && fetchOffset <= log.endOffset();
        return inRange
                ? new FetchVerdict.Read(Math.max(fetchOffset, endOffset))
                : new FetchVerdict.Refused(ErrorCode.OFFSET_OUT_OF_RANGE);
    }
}
