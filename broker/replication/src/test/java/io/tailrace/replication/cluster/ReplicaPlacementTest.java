package io.tailrace.replication.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaPlacementTest {

    private static Broker broker(int id, @Nullable String rack) {
        return new Broker(id, id, Broker.NONE, rack, List.of(new Endpoint("PLAINTEXT", "host", 9092)), false);
    }

    private static List<Broker> brokers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(id -> broker(id, null)).toList();
    }

    @Test
    void everyBrokerLeadsAndHoldsAsManyAsAnyOther() {
        List<PartitionAssignment> placed = ReplicaPlacement.place(brokers(5), 0, 50, 3, 42);
        Map<Integer, Integer> leads = new HashMap<>();
        Map<Integer, Integer> holds = new HashMap<>();
        for (PartitionAssignment assignment : placed) {
            leads.merge(assignment.preferredLeader(), 1, Integer::sum);
            assignment.replicas().forEach(id -> holds.merge(id, 1, Integer::sum));
        }
        assertThat(leads.values()).hasSize(5).containsOnly(10);
        assertThat(holds.values()).hasSize(5).allMatch(n -> n >= 28 && n <= 32);
    }

    @Test
    void whatOneBrokerLeadsIsFollowedByAllOthers() {
        Set<Integer> followersOfOne = new HashSet<>();
        for (PartitionAssignment assignment : ReplicaPlacement.place(brokers(5), 0, 50, 2, 0)) {
            if (assignment.preferredLeader() == 1) {
                followersOfOne.add(assignment.replicas().get(1));
            }
        }
        assertThat(followersOfOne).containsExactlyInAnyOrder(2, 3, 4, 5);
    }

    @Test
    void replicasStandInDifferentRacksAsLongAsThereAreRacks() {
        List<Broker> brokers = List.of(broker(1, "a"), broker(2, "a"), broker(3, "a"), broker(4, "b"), broker(5, "c"));
        for (PartitionAssignment assignment : ReplicaPlacement.place(brokers, 0, 60, 3, 7)) {
            Set<String> racks = new HashSet<>();
            assignment
                    .replicas()
                    .forEach(id -> racks.add(brokers.get(id - 1).rack().orElseThrow()));
            assertThat(racks).as("racks of %s", assignment).hasSize(3);
        }
    }

    @Test
    void moreReplicasThanRacksShareRacks() {
        List<Broker> brokers = List.of(broker(1, "a"), broker(2, "a"), broker(3, "b"));
        assertThat(ReplicaPlacement.place(brokers, 0, 6, 3, 0))
                .allSatisfy(a -> assertThat(a.replicas()).containsExactlyInAnyOrder(1, 2, 3));
    }

    @Test
    void addedPartitionsGoOnWhereTheOthersEnded() {
        List<PartitionAssignment> all = ReplicaPlacement.place(brokers(3), 0, 7, 2, 5);
        assertThat(ReplicaPlacement.place(brokers(3), 4, 3, 2, 5)).isEqualTo(all.subList(4, 7));
    }

    @Test
    void oneBrokerHoldsEverything() {
        assertThat(ReplicaPlacement.place(brokers(1), 0, 2, 1, -9)).containsOnly(PartitionAssignment.of(List.of(1)));
    }

    @Test
    void moreReplicasThanBrokersAreRefused() {
        assertThatThrownBy(() -> ReplicaPlacement.place(brokers(2), 0, 1, 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be 1 to 2");
    }
}
