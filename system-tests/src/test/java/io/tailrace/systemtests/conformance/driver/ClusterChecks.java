package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;

/** The admin client's operations on brokers, replicas and log directories. */
final class ClusterChecks {
    private final Clients clients;

    ClusterChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.of("admin: describeCluster", this::describeCluster),
                Check.of("admin: describeFeatures", this::describeFeatures),
                Check.of("admin: describeLogDirs", this::describeLogDirs),
                Check.of("admin: alterReplicaLogDirs, describeReplicaLogDirs", this::alterReplicaLogDirs),
                Check.of("admin: alterPartitionReassignments, listPartitionReassignments", this::reassign),
                Check.of("admin: alterPartitionReassignments, errors", this::reassignErrors),
                Check.of("admin: electLeaders, preferred", this::electLeaders));
    }

    private void describeCluster() throws Exception {
        try (Admin admin = clients.admin()) {
            DescribeClusterResult cluster = admin.describeCluster();
            assertThat(get(cluster.nodes())).extracting(node -> node.id()).containsExactlyInAnyOrder(1, 2);
            assertThat(get(cluster.controller()).id()).isIn(1, 2);
            assertThat(get(cluster.clusterId())).isNotBlank();
        }
    }

    private void describeFeatures() throws Exception {
        try (Admin admin = clients.admin()) {
            FeatureMetadata features = get(admin.describeFeatures().featureMetadata());
            assertThat(features.supportedFeatures()).containsOnlyKeys("transaction.version");
            assertThat(features.finalizedFeatures().values())
                    .singleElement()
                    .satisfies(range -> assertThat(range.maxVersionLevel()).isEqualTo((short) 2));
        }
    }

    private void describeLogDirs() throws Exception {
        String topic = clients.topic(2);
        clients.send(topic, 2, 100);
        try (Admin admin = clients.admin()) {
            Map<Integer, Map<String, LogDirDescription>> brokers =
                    get(admin.describeLogDirs(List.of(1, 2)).allDescriptions());
            assertThat(brokers.keySet()).containsExactlyInAnyOrder(1, 2);
            List<TopicPartition> found = new ArrayList<>();
            brokers.values().forEach(folders -> {
                assertThat(folders).hasSize(2);
                folders.values().forEach(folder -> {
                    assertThat(folder.error()).isNull();
                    assertThat(folder.totalBytes()).isPresent();
                    folder.replicaInfos().forEach((partition, replica) -> {
                        if (partition.topic().equals(topic)) {
                            found.add(partition);
                            assertThat(replica.size()).isPositive();
                            assertThat(replica.isFuture()).isFalse();
                        }
                    });
                });
            });
            assertThat(found).containsExactlyInAnyOrder(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        }
    }

    private void alterReplicaLogDirs() throws Exception {
        TopicPartition partition = clients.placed(List.of(1));
        clients.send(partition.topic(), 1, 100);
        TopicPartitionReplica replica = new TopicPartitionReplica(partition.topic(), 0, 1);
        try (Admin admin = clients.admin()) {
            String before = folderOf(admin, replica);
            String other =
                    Objects.requireNonNull(get(admin.describeLogDirs(List.of(1)).allDescriptions())
                                    .get(1))
                            .keySet()
                            .stream()
                            .filter(folder -> !folder.equals(before))
                            .findAny()
                            .orElseThrow();
            get(admin.alterReplicaLogDirs(Map.of(replica, other)).all());
            Clients.until("the move", () -> other.equals(folderOf(admin, replica)));
            assertThatThrownBy(() -> get(
                            admin.alterReplicaLogDirs(Map.of(replica, "/none")).all()))
                    .hasCauseInstanceOf(LogDirNotFoundException.class);
        }
        assertThat(clients.values(partition.topic())).isEqualTo(Clients.numbers(100));
    }

    private static String folderOf(Admin admin, TopicPartitionReplica replica) throws Exception {
        return Objects.requireNonNull(
                        get(admin.describeReplicaLogDirs(List.of(replica)).all())
                                .get(replica))
                .getCurrentReplicaLogDir();
    }

    private void reassign() throws Exception {
        TopicPartition partition = clients.placed(List.of(1));
        clients.send(partition.topic(), 1, 100);
        try (Admin admin = clients.admin()) {
            get(admin.alterPartitionReassignments(
                            Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(2)))))
                    .all());
            Clients.until("the reassignment", () -> get(admin.listPartitionReassignments(Set.of(partition))
                            .reassignments())
                    .isEmpty());
            Clients.eventually(() -> {
                TopicPartitionInfo moved = partitionOf(admin, partition);
                assertThat(replicas(moved)).containsExactly(2);
                assertThat(leader(moved)).isEqualTo(2);
            });
        }
        assertThat(clients.values(partition.topic())).isEqualTo(Clients.numbers(100));
    }

    private void reassignErrors() throws Exception {
        TopicPartition partition = clients.placed(List.of(1));
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> get(admin.alterPartitionReassignments(
                                    Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(9)))))
                            .all()))
                    .hasCauseInstanceOf(InvalidReplicaAssignmentException.class);
            assertThatThrownBy(() -> get(admin.alterPartitionReassignments(Map.of(partition, Optional.empty()))
                            .all()))
                    .hasCauseInstanceOf(NoReassignmentInProgressException.class);
        }
    }

    private void electLeaders() throws Exception {
        TopicPartition partition = clients.placed(List.of(1, 2));
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> get(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                            .all()))
                    .hasCauseInstanceOf(ElectionNotNeededException.class);
            get(admin.alterPartitionReassignments(
                            Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(2, 1)))))
                    .all());
            Clients.until("the new order", () -> replicas(partitionOf(admin, partition))
                    .equals(List.of(2, 1)));
            try {
                get(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                        .all());
            } catch (ExecutionException e) {
                assertThat(e).as("the leader has already changed").hasCauseInstanceOf(ElectionNotNeededException.class);
            }
            Clients.until("the preferred leader", () -> leader(partitionOf(admin, partition)) == 2);
        }
    }

    private static List<Integer> replicas(TopicPartitionInfo partition) {
        return partition.replicas().stream().map(node -> node.id()).toList();
    }

    /** The id of a partition's leader, or -1. */
    static int leader(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        return leader == null ? -1 : leader.id();
    }

    private static TopicPartitionInfo partitionOf(Admin admin, TopicPartition partition) throws Exception {
        TopicDescription description = TopicChecks.describe(admin, partition.topic());
        return description.partitions().get(partition.partition());
    }
}
