package io.tailrace.replication.cluster;

import static io.tailrace.replication.cluster.ControlledCluster.FIRST;
import static io.tailrace.replication.cluster.ControlledCluster.members;
import static io.tailrace.replication.cluster.ControlledCluster.state;
import static io.tailrace.replication.cluster.PartitionState.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Elections that somebody asks for, and those that give preferred leaders back what they should lead. */
class RequestedElectionTest {
    private final ControlledCluster cluster = new ControlledCluster();

    private Election elect(ElectionType type, PartitionState state) {
        return cluster.rules().elect(cluster.image(state), type, List.of(FIRST)).get(0);
    }

    private static void assertElected(Election election, int leader) {
        assertThat(election.error()).isEqualTo(ErrorCode.NONE);
        PartitionState next = election.write().orElseThrow().next();
        assertThat(next.leader()).isEqualTo(leader);
        assertThat(next.leaderEpoch()).isEqualTo(5);
        assertThat(next.controllerEpoch()).isEqualTo(ControlledCluster.EPOCH);
    }

    private static void assertRefused(Election election, ErrorCode error) {
        assertThat(election).isEqualTo(new Election(FIRST, error, null));
    }

    @Test
    void preferredLeaderIsElectedIfItIsInSync() {
        assertElected(elect(ElectionType.PREFERRED, state(2, members(2, 1), List.of())), 1);
        assertRefused(
                elect(ElectionType.PREFERRED, state(2, members(2, 3), List.of())),
                ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        assertRefused(elect(ElectionType.PREFERRED, state(1, members(1, 2), List.of())), ErrorCode.ELECTION_NOT_NEEDED);
    }

    @Test
    void preferredLeaderMustBeThereAsTheIncarnationThatIsInSync() {
        PartitionState state = state(2, members(2, 1), List.of());
        cluster.registered(1, 150, Broker.NONE);
        assertRefused(elect(ElectionType.PREFERRED, state), ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        cluster.draining(1);
        assertRefused(elect(ElectionType.PREFERRED, state), ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        cluster.offline(1, FIRST);
        assertRefused(elect(ElectionType.PREFERRED, state), ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void uncleanElectionTakesWhoeverIsAliveIfNobodyLeads() {
        cluster.brokers.remove(1);
        assertElected(elect(ElectionType.UNCLEAN, state(NO_LEADER, List.of(), members(1))), 2);
        assertRefused(elect(ElectionType.UNCLEAN, state(2, members(2), List.of())), ErrorCode.ELECTION_NOT_NEEDED);
        cluster.brokers.clear();
        assertRefused(
                elect(ElectionType.UNCLEAN, state(NO_LEADER, List.of(), members(1))),
                ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void uncleanElectionStillPrefersWhoHasEverything() {
        cluster.brokers.remove(1);
        assertElected(elect(ElectionType.UNCLEAN, state(1, members(1, 3), List.of())), 3);
    }

    @Test
    void whatDoesNotExistIsNotElected() {
        TopicPartition none = new TopicPartition("web", 1);
        ClusterImage image = cluster.image(state(1, members(1), List.of()));
        assertThat(cluster.rules().elect(image, ElectionType.PREFERRED, List.of(none)))
                .containsExactly(new Election(none, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null));
    }

    @Test
    void preferredLeadersGetTheirLeadsBackOnceTheyLackMoreThanIsTolerated() {
        List<PartitionState> states = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            states.add(state(1, members(1, 2), List.of()));
        }
        states.add(state(2, members(2, 1), List.of()));
        ClusterImage tenPercent = cluster.image(states.toArray(new PartitionState[0]));
        assertThat(cluster.rules().balance(tenPercent, 10)).isEmpty();
        List<StateWrite> writes = cluster.rules().balance(tenPercent, 9);
        assertThat(writes).hasSize(1);
        assertThat(writes.get(0).partition().partition()).isEqualTo(9);
        assertThat(writes.get(0).next().leader()).isEqualTo(1);
        assertThat(writes.get(0).next().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void balanceWaitsForAPreferredLeaderThatHasNotCaughtUp() {
        assertThat(cluster.rules().balance(cluster.image(state(2, members(2, 3), List.of())), 0))
                .isEmpty();
    }
}
