package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import org.junit.jupiter.api.Test;

class IsrUpdatesTest {
    private static final Event WRITTEN =
            new Event.ProposalWritten(new PartitionState(PartitionState.NO_LEADER, 0, List.of(), List.of(), 1, 0, 1));

    private final IsrUpdates updates = new IsrUpdates();

    @Test
    void aReplicaThatLeavesAndOneThatJoinsAreCountedApart() {
        updates.count(List.of(1, 2, 3), List.of(1, 2), WRITTEN);
        updates.count(List.of(1, 2), List.of(1), WRITTEN);
        updates.count(List.of(1), List.of(1, 2), WRITTEN);
        assertThat(updates.shrinks()).isEqualTo(2);
        assertThat(updates.expansions()).isEqualTo(1);
        assertThat(updates.failures()).isZero();
    }

    @Test
    void changeThatReplacesAReplicaIsBoth() {
        updates.count(List.of(1, 2), List.of(1, 3), WRITTEN);
        assertThat(updates.shrinks()).isEqualTo(1);
        assertThat(updates.expansions()).isEqualTo(1);
    }

    @Test
    void changeThatWasNotWrittenIsAFailureOnly() {
        updates.count(List.of(1, 2), List.of(1), new Event.ProposalRefused(3));
        updates.count(List.of(1, 2), List.of(1), new Event.ProposalUnknown(3));
        assertThat(updates.shrinks()).isZero();
        assertThat(updates.failures()).isEqualTo(2);
    }
}
