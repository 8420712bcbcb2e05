package io.tailrace.server.api;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.RawClient;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.group.ClusterTopics;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.group.GroupShards;
import io.tailrace.server.partition.TwoReplicas;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.server.shard.ShardThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * Serves requests of groups. Their only shard is in a partition of which this broker has the only replica in sync; the cluster has a
 * topic web with three partitions.
 */
final class GroupServer implements AutoCloseable {
    private static final int ACKNOWLEDGE_MS_MAX = 60_000;
    private static final Incarnation SELF = new Incarnation(1, TwoReplicas.SELF_EPOCH);

    private final TwoReplicas replicas;
    private final ShardThreads threads;
    private final ApiServer server;
    private int leaderEpoch = TwoReplicas.LEADER_EPOCH;

    GroupServer(Path directory, Function<GroupCoordinator, List<RequestHandler<?, ?>>> handlers) throws Exception {
        replicas = new TwoReplicas(directory, Map.of("min.insync.replicas", "1"), 0, Runnable::run);
        threads = new ShardThreads(
                2, ACKNOWLEDGE_MS_MAX, partition -> Optional.empty(), replicas.clocks(), failure -> {});
        PartitionState state = new PartitionState(1, 1, List.of(SELF), List.of(), 1, 1, 1);
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1)), state);
        ClusterImage image = new ClusterImage(
                "cluster",
                new TreeMap<>(),
                new TreeMap<>(Map.of(
                        "web", new TopicImage("web", new UUID(7, 7), Collections.nCopies(3, partition), Map.of()))),
                Set.of(),
                1);
        ClusterTopics topics = new ClusterTopics(() -> new ClusterTree.Reading(image, Set.of()));
        GroupShards groups = new GroupShards(
                topics, Map::of, BrokerConfig.of(Map.of("broker.id", "1")).groups());
        ShardHosts<GroupsShard> hosts = new ShardHosts<>(new InTopic(groups), threads::runtime);
        replicas.onRoleChange(() -> hosts.leadershipChanged(
                replicas.partition(), replicas.partition().replica()));
        lead();
        server = new ApiServer(
                handlers.apply(new GroupCoordinator(() -> 1, hosts)).toArray(RequestHandler<?, ?>[]::new));
    }

    /** This broker leads in a new epoch, and is the only one in sync. */
    private void lead() {
        leaderEpoch++;
        PartitionState state = new PartitionState(1, leaderEpoch, List.of(SELF), List.of(), 1, 1, 4 + leaderEpoch);
        replicas.handle(new Event.StateRead(PartitionAssignment.of(List.of(1, 2)), state));
    }

    /** The other broker leads. */
    void follow() {
        replicas.elect(2, ++leaderEpoch);
    }

    /** Connects, once the shard is loaded. One of the handlers must answer ListGroups. */
    RawClient connect() throws IOException {
        RawClient client = server.connect();
        Awaitility.await()
                .until(
                        () -> client.call(new ListGroupsRequest(List.of(), List.of()), ListGroupsResponse.class)
                                .errorCode(),
                        ErrorCode.NONE::equals);
        return client;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.close();
        replicas.close();
    }

    /** Keeps groups in the topic of the replicas. */
    private record InTopic(GroupShards groups) implements ShardKind<GroupsShard> {
        @Override
        public String topic() {
            return TwoReplicas.TOPIC;
        }

        @Override
        public GroupsShard create() {
            return groups.create();
        }

        @Override
        public void refresh(GroupsShard state) {
            groups.refresh(state);
        }
    }
}
