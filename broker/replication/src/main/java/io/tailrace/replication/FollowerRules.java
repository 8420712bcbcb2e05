package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;

/** How a follower's log becomes its leader's. */
final class FollowerRules {

    Transition enter(PartitionView view, LogView log, List<Effect> effects) {
        effects.add(startFetching(view));
        return new Transition(new Follower(view, log), effects);
    }

    /**
     * Takes over what was appended, and the leader's high watermark as far as this log reaches. The high watermark does
     * not fall when a new leader has yet to learn it.
     */
    Transition replicated(Replica replica, Event.Replicated replicated) {
        if (!(replica instanceof Follower follower) || !follower.follows(replicated.leaderEpoch())) {
            throw new IllegalStateException("replicated " + replica.view().partition() + " up to "
                    + replicated.log().endOffset() + " in epoch " + replicated.leaderEpoch()
                    + " without following in it");
        }
        LogView log = follower.log();
        LogView appended = log.with(replicated.log());
        long highWatermark = Math.min(replicated.leaderHighWatermark(), appended.endOffset());
        if (highWatermark <= log.highWatermark()) {
            return Transition.to(new Follower(follower.view(), appended));
        }
        return Transition.to(
                new Follower(follower.view(), appended.withHighWatermark(highWatermark)),
                new Effect.HighWatermarkAdvanced(highWatermark));
    }

    /**
     * Cuts to the end of the latest epoch both logs know, and never because of a high watermark (KIP-101, KIP-279). A log
     * of which nothing agrees starts anew where the leader's may agree.
     */
    Transition diverged(Follower follower, EpochEnd leaderEnd) {
        LogView log = follower.log();
        EpochEnd own = log.epochs().endOf(leaderEnd.epoch(), log.endOffset());
        long offset = Math.min(own.endOffset(), leaderEnd.endOffset());
        if (offset < log.startOffset()) {
            return startAnew(follower, offset);
        }
        LogView cut = log.truncate(offset);
        return Transition.to(
                new Follower(follower.view(), cut), new Effect.TruncateTo(offset), startFetching(follower.view()));
    }

    Transition fellBehind(Follower follower, long leaderLogStartOffset) {
        return leaderLogStartOffset <= follower.log().endOffset()
                ? Transition.to(follower)
                : startAnew(follower, leaderLogStartOffset);
    }

    private static Transition startAnew(Follower follower, long offset) {
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
