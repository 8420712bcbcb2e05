package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;

/** How a follower makes its log equal to its leader's. */
final class FollowerRules {

    Transition startFollowing(PartitionView view, LogView log, List<Effect> effects) {
        effects.add(startFetching(view));
        return new Transition(new Follower(view, log), effects);
    }

    /**
     * Takes the leader's high watermark as far as this log reaches. The high watermark does not fall while a new leader has
     * yet to learn it.
     */
    Transition replicated(Follower follower, Event.Replicated replicated) {
        LogView appended = follower.log().with(replicated.log());
        long highWatermark = Math.min(replicated.leaderHighWatermark(), appended.endOffset());
        if (highWatermark <= follower.log().highWatermark()) {
            return Transition.to(new Follower(follower.view(), appended));
        }
        return Transition.to(
                new Follower(follower.view(), appended.withHighWatermark(highWatermark)),
                new Effect.HighWatermarkAdvanced(highWatermark));
    }

    /**
     * Truncates to the end of the latest epoch that both logs have, never because of a high watermark (KIP-101, KIP-279). If
     * the leader's log agrees with nothing in this one, this log restarts at the offset below which they may agree.
     */
    Transition diverged(Follower follower, EpochEnd leaderEnd) {
        LogView log = follower.log();
        EpochEnd own = log.epochs().endOf(leaderEnd.epoch(), log.endOffset());
        long offset = Math.min(own.endOffset(), leaderEnd.endOffset());
        if (offset < log.startOffset()) {
            return restartAt(follower, offset);
        }
        return Transition.to(
                new Follower(follower.view(), log.truncate(offset)),
                new Effect.TruncateTo(offset),
                startFetching(follower.view()));
    }

    Transition fellBehind(Follower follower, long leaderLogStartOffset) {
        return leaderLogStartOffset <= follower.log().endOffset()
                ? Transition.to(follower)
                : restartAt(follower, leaderLogStartOffset);
    }

    private static Transition restartAt(Follower follower, long offset) {
        return Transition.to(
                new Follower(follower.view(), LogView.restartedAt(offset)),
                new Effect.RestartLogAt(offset),
                startFetching(follower.view()));
    }

    private static Effect startFetching(PartitionView view) {
        PartitionState state = view.state();
        return new Effect.StartFetching(state.leader(), state.leaderEpoch());
    }
}
