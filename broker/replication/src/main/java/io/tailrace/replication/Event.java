package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.util.Map;

/**
 * What can happen to a partition on a broker. A {@link Handler} does not compile unless it handles each kind.
 */
public sealed interface Event {

    /** Gives this event to a handler. */
    <T> T handledBy(Handler<T> handler);

    /**
     * Handles events.
     *
     * @param <T> what follows from an event
     */
    interface Handler<T> {
        T handle(StateRead event);

        T handle(Unassigned event);

        T handle(Registered event);

        T handle(SessionLost event);

        T handle(BrokersChanged event);

        T handle(MinInsyncChanged event);

        T handle(Appended event);

        T handle(LogStartMoved event);

        T handle(Fetched event);

        T handle(Replicated event);

        T handle(Diverged event);

        T handle(FellBehind event);

        T handle(ProposalWritten event);

        T handle(ProposalRefused event);

        T handle(ProposalUnknown event);

        T handle(StateReadBack event);

        T handle(LogFailed event);

        T handle(Tick event);
    }

    /** The partition's assignment and state as an image of the cluster has them. An older state than the known one is ignored. */
    record StateRead(PartitionAssignment assignment, PartitionState state) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The partition was deleted, or is no longer assigned to this broker. */
    record Unassigned() implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** This broker is registered, under this broker epoch. */
    record Registered(long brokerEpoch) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** This broker's session is lost or may be lost: others may act in its place. */
    record SessionLost() implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The registered brokers changed to these, by id. The map must not change afterwards. */
    record BrokersChanged(Map<Integer, Broker> brokers) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The topic's {@code min.insync.replicas} changed to this. */
    record MinInsyncChanged(int minInsyncReplicas) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /**
     * This leader appended to its log.
     *
     * @param leaderEpoch the epoch it appended in
     * @param log the log afterwards
     */
    record Appended(int leaderEpoch, LogExtent log) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /**
     * Records at the start of the log were deleted, by retention or on request.
     *
     * @param log the log afterwards
     */
    record LogStartMoved(LogExtent log) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** A follower fetched from this leader. */
    record Fetched(FollowerFetch fetch) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /**
     * This follower appended the leader's answer to its log.
     *
     * @param leaderEpoch the epoch in which it was fetched
     * @param log the log afterwards
     * @param leaderHighWatermark the leader's high watermark, exclusive
     */
    record Replicated(int leaderEpoch, LogExtent log, long leaderHighWatermark) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /**
     * The leader answered that this follower's log diverges from its own.
     *
     * @param leaderEpoch the epoch in which it was fetched
     * @param leaderEnd the end of the leader's latest epoch that is not later than this follower's last
     */
    record Diverged(int leaderEpoch, EpochEnd leaderEnd) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The leader has deleted what this follower needs next: its log starts at {@code leaderLogStartOffset}. */
    record FellBehind(int leaderEpoch, long leaderLogStartOffset) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The write of {@link Effect.ProposeIsr} was done. */
    record ProposalWritten(PartitionState written) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The write of {@link Effect.ProposeIsr} was refused: the state has another version. */
    record ProposalRefused(int expectedVersion) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** It is unknown whether the write of {@link Effect.ProposeIsr} was done. */
    record ProposalUnknown(int expectedVersion) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /**
     * The state as {@link Effect.ReadBack} found it in the store. The proposal that expected this version has been decided;
     * later ones may be undecided.
     */
    record StateReadBack(int expectedVersion, PartitionState state) implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** The log's directory failed: nothing can be read from it or written to it. */
    record LogFailed() implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }

    /** Time has passed. */
    record Tick() implements Event {
        @Override
        public <T> T handledBy(Handler<T> handler) {
            return handler.handle(this);
        }
    }
}
