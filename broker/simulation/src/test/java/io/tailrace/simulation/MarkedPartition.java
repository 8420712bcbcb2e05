package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.server.partition.Partition;
import java.util.Optional;
import java.util.function.Consumer;

/** A partition that transactions write to, in a cluster of its own. */
interface MarkedPartition {
    /** Its name in requests. Its number differs from that of all others, whatever their topic. */
    TopicPartition name();

    /** The cluster that has it. */
    Cluster cluster();

    /** Writes a marker and answers once it is committed. */
    void mark(BrokerProcess process, EndTransactionMarker marker, boolean raisesEpoch, Consumer<ErrorCode> answer);

    /** The log of the current leader; empty without one. */
    default Optional<Disk> leadersDisk() {
        return cluster().store.state().map(state -> cluster()
                .broker(state.leader())
                .disk());
    }

    /** The process of the current leader. */
    default Optional<BrokerProcess> leader() {
        return cluster().store.state().flatMap(state -> cluster()
                .broker(state.leader())
                .process());
    }

    /** Whether nothing is undecided. */
    default boolean isStable() {
        return leader().map(process -> process.partition().production())
                .filter(MarkedPartition::isStable)
                .isPresent();
    }

    private static boolean isStable(Partition partition) {
        return partition.lastStableOffset(partition.replica().log().highWatermark()) == partition.logEndOffset();
    }

    default long endOffset() {
        return leadersDisk().map(Disk::endOffset).orElse(-1L);
    }
}
