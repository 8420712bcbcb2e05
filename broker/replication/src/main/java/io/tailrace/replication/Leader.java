package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A replica that leads.
 *
 * @param epochStartOffset where the log ended when it was elected: what is before was written under earlier leaders
 * @param followers the other replicas' progress
 * @param proposalOrNull the state whose write is under way, with the version it expects; null if none is
 */
public record Leader(
        PartitionView view,
        LogView log,
        long epochStartOffset,
        List<FollowerProgress> followers,
        @Nullable PartitionState proposalOrNull)
        implements Replica {

    /** The state whose write is under way, if one is. */
    public Optional<PartitionState> proposal() {
        return Optional.ofNullable(proposalOrNull);
    }

    @Override
    public ErrorCode refusal() {
        return ErrorCode.NONE;
    }

    @Override
    public ErrorCode appendable(boolean allInsync) {
        return allInsync && view.state().isr().size() < view.minInsync()
                ? ErrorCode.NOT_ENOUGH_REPLICAS
                : ErrorCode.NONE;
    }

    /**
     * The high watermark as the latest offset, or nothing while it has not reached this leader's epoch (KIP-207):
     * until then a client may have seen more from the leader before, and is told {@code OFFSET_NOT_AVAILABLE}.
     */
    public Optional<Long> latestOffset() {
        return log.highWatermark() < epochStartOffset ? Optional.empty() : Optional.of(log.highWatermark());
    }

    /** What a consumer that fetches from this offset on gets: nothing at or above the high watermark. */
    public FetchVerdict consumerFetch(long fetchOffset) {
        return inRange(fetchOffset, log.highWatermark());
    }

    /** What a follower gets. Report the fetch as {@link Event.Fetched}, whatever the answer is. */
    public FetchVerdict followerFetch(FollowerFetch fetch) {
        ErrorCode error = leads(fetch.currentLeaderEpoch());
        if (error != ErrorCode.NONE) {
            return new FetchVerdict.Refused(error);
        }
        if (progress(fetch.follower().brokerId()) < 0) {
            return new FetchVerdict.Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return diverges(fetch)
                ? new FetchVerdict.Diverging(endOf(fetch.lastFetchedEpoch()))
                : inRange(fetch.fetchOffset(), log.endOffset());
    }

    /** Whether the log of a replica that asks is a prefix of this one. */
    boolean agreesWith(FollowerFetch fetch) {
        return progress(fetch.follower().brokerId()) >= 0
                && !diverges(fetch)
                && inRange(fetch.fetchOffset(), log.endOffset()) instanceof FetchVerdict.Read;
    }

    /** Where {@code epoch} ends in this log, for OffsetForLeaderEpoch. */
    public EpochEnd endOf(int epoch) {
        return log.epochs().endOf(epoch, log.endOffset());
    }

    /** Index in {@link #followers} of that broker, -1 if it is no replica. */
    int progress(int brokerId) {
        for (int i = 0; i < followers.size(); i++) {
            if (followers.get(i).follower().brokerId() == brokerId) {
                return i;
            }
        }
        return -1;
    }

    /** How far that incarnation has acknowledged, exclusive; {@link FollowerProgress#UNKNOWN} if it has not. */
    long acknowledgedBy(Incarnation member) {
        if (member.equals(view.self())) {
            return log.endOffset();
        }
        int i = progress(member.brokerId());
        return i >= 0 && followers.get(i).isOf(member) ? followers.get(i).endOffset() : FollowerProgress.UNKNOWN;
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
