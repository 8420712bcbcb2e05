package io.tailrace.replication.cluster;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A partition as the cluster knows it.
 *
 * @param assignment the brokers that hold it
 * @param stateOrNull what has been agreed on, null until the controller has created it
 */
public record PartitionImage(
        PartitionAssignment assignment, @Nullable PartitionState stateOrNull) {
    /** What has been agreed on; empty until the controller has created it. */
    public Optional<PartitionState> state() {
        return Optional.ofNullable(stateOrNull);
    }

    /** The leader's id, {@link PartitionState#NO_LEADER} if there is none. */
    public int leader() {
        return stateOrNull == null ? PartitionState.NO_LEADER : stateOrNull.leader();
    }
}
