package io.tailrace.replication.cluster;

import static io.tailrace.replication.cluster.ControlledCluster.members;
import static io.tailrace.replication.cluster.ControlledCluster.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
    private final PartitionState ledBy2 = state(2, members(2), List.of());

    @Test
    void electionIsUncleanIfTheNewLeaderMayLackSomething() {
        assertThat(ledBy2.isUncleanAfter(state(1, members(1, 3), List.of()))).isTrue();
        assertThat(ledBy2.isUncleanAfter(state(PartitionState.NO_LEADER, List.of(), members(1))))
                .isTrue();
    }

    @Test
    void electionIsCleanIfTheNewLeaderWasInSyncOrAmongTheLast() {
        assertThat(ledBy2.isUncleanAfter(state(1, members(1, 2), List.of()))).isFalse();
        assertThat(ledBy2.isUncleanAfter(state(PartitionState.NO_LEADER, List.of(), members(1, 2))))
                .isFalse();
        assertThat(ledBy2.isUncleanAfter(ledBy2)).isFalse();
    }
}
