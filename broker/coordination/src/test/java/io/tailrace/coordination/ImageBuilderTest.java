package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordination.TreeFollower.Node;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An image is rebuilt where something changed, and nowhere else; unreadable nodes cost only themselves. */
class ImageBuilderTest {
    private static final int PARTITIONS = 2_000;

    private final Map<String, Node> nodes = new HashMap<>();
    private final ImageBuilder builder = new ImageBuilder();
    private final List<PartitionAssignment> assignments =
            new ArrayList<>(Collections.nCopies(PARTITIONS, PartitionAssignment.of(List.of(1, 2, 3))));

    private ClusterImage create() {
        putTopic();
        nodes.put(ZNodes.topic("other"), node(new TopicNode(new UUID(0, 2), assignments).toJson(), 0));
        for (int p = 0; p < PARTITIONS; p++) {
            putState(p, 0);
        }
        return builder.build(nodes, Set.copyOf(nodes.keySet()));
    }

    private String putTopic() {
        nodes.put(ZNodes.topic("web"), node(new TopicNode(new UUID(0, 1), assignments).toJson(), 0));
        return ZNodes.topic("web");
    }

    private String putState(int partition, int version) {
        String path = ZNodes.state(new TopicPartition("web", partition));
        List<Incarnation> isr = List.of(new Incarnation(1, 100));
        nodes.put(
                path, node(PartitionStateJson.write(new PartitionState(1, 0, isr, List.of(), 1, 1, version)), version));
        return path;
    }

    private static Node node(byte[] data, int version) {
        return new Node(data, 1, version);
    }

    private static List<PartitionImage> partitions(ClusterImage image) {
        return image.topic("web").orElseThrow().partitions();
    }

    private static List<Integer> rebuilt(ClusterImage before, ClusterImage after) {
        return after.topic("web").orElseThrow().changedSince(before.topic("web").orElseThrow());
    }

    @Test
    void aChangedStateRebuildsOnePartitionOfThousands() {
        ClusterImage before = create();
        ClusterImage after = builder.build(nodes, Set.of(putState(1_234, 1)));
        assertThat(rebuilt(before, after)).containsExactly(1_234);
        assertThat(partitions(after).get(1_234).state().orElseThrow().version()).isOne();
        assertThat(after.topics().get("other")).isSameAs(before.topics().get("other"));
    }

    @Test
    void aChangedAssignmentRebuildsOnlyThePartitionsThatMove() {
        ClusterImage before = create();
        assignments.set(7, assignments.get(7).reassignedTo(List.of(1, 2, 4)));
        ClusterImage after = builder.build(nodes, Set.of(putTopic(), putState(8, 1)));
        assertThat(rebuilt(before, after)).containsExactly(7, 8);
    }

    @Test
    void aChangeOfBrokersRebuildsNoPartition() {
        ClusterImage before = create();
        nodes.put(ZNodes.CONTROLLER, node(ZNodeJson.controller(2, 0), 0));
        ClusterImage after = builder.build(nodes, Set.of(ZNodes.CONTROLLER));
        assertThat(after.controllerId()).isEqualTo(2);
        assertThat(after.topics().get("web")).isSameAs(before.topics().get("web"));
    }

    @Test
    void aStateThatArrivesBeforeItsTopicIsKept() {
        String state = putState(0, 3);
        assertThat(builder.build(nodes, Set.of(state)).topics()).isEmpty();
        assertThat(partitions(builder.build(nodes, Set.of(putTopic())))
                        .get(0)
                        .state()
                        .orElseThrow()
                        .version())
                .isEqualTo(3);
    }
}
