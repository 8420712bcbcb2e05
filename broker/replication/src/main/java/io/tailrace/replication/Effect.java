package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.PartitionState;

/**
 * What the caller must do after a step. The effects of one step are performed in their order, by a {@link Performer}, which
 * does not compile unless it performs each kind.
 */
public sealed interface Effect {

    /** Performs this effect. */
    <E extends Exception> void performBy(Performer<E> performer) throws E;

    /**
     * Performs effects.
     *
     * @param <E> what it fails with
     */
    interface Performer<E extends Exception> {
        void perform(HighWatermarkAdvanced effect) throws E;

        void perform(AcksFailed effect) throws E;

        void perform(ProposeIsr effect) throws E;

        void perform(ReadBack effect) throws E;

        void perform(TruncateTo effect) throws E;

        void perform(RestartLogAt effect) throws E;

        void perform(LeadershipStarted effect) throws E;

        void perform(LeadershipEnded effect) throws E;

        void perform(StartFetching effect) throws E;

        void perform(StopFetching effect) throws E;
    }

    /** Let consumers read below {@code highWatermark} (exclusive), and acknowledge the produces that end there or before. */
    record HighWatermarkAdvanced(long highWatermark) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Answer every produce that waits for replicas with this error. */
    record AcksFailed(ErrorCode error) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /**
     * Write this state if the store still has {@code next.version()}, and report {@link Event.ProposalWritten},
     * {@link Event.ProposalRefused} or {@link Event.ProposalUnknown}. There is at most one such write at a time.
     */
    record ProposeIsr(PartitionState next) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /**
     * Read the partition's state from the store, past any cache, and report it as {@link Event.StateReadBack}, or report
     * {@link Event.ProposalUnknown} again if it cannot be read. The version is that of the proposal this is about.
     */
    record ReadBack(int expectedVersion) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Truncate the log and its leader epochs to end at {@code offset}, exclusive. */
    record TruncateTo(long offset) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Drop the log's records and start it at {@code offset}. */
    record RestartLogAt(long offset) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Append in this leader epoch from now on. It starts at {@code startOffset}; keep that with the log. */
    record LeadershipStarted(int leaderEpoch, long startOffset) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Accept no more appends. */
    record LeadershipEnded() implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Fetch from this leader in this epoch, and from no other. Where to start follows from the log. */
    record StartFetching(int leader, int leaderEpoch) implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }

    /** Stop fetching. */
    record StopFetching() implements Effect {
        @Override
        public <E extends Exception> void performBy(Performer<E> performer) throws E {
            performer.perform(this);
        }
    }
}
