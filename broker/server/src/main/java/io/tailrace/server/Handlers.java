package io.tailrace.server;

import io.tailrace.server.api.AlterConfigsHandler;
import io.tailrace.server.api.AlterPartitionReassignmentsHandler;
import io.tailrace.server.api.BlockingCalls;
import io.tailrace.server.api.ConfigChanges;
import io.tailrace.server.api.CreatePartitionsHandler;
import io.tailrace.server.api.CreateTopicsHandler;
import io.tailrace.server.api.DeleteTopicsHandler;
import io.tailrace.server.api.DescribeClusterHandler;
import io.tailrace.server.api.DescribeConfigsHandler;
import io.tailrace.server.api.DescribeLogDirsHandler;
import io.tailrace.server.api.DescribeTopicPartitionsHandler;
import io.tailrace.server.api.ElectLeadersHandler;
import io.tailrace.server.api.FetchHandler;
import io.tailrace.server.api.FindCoordinatorHandler;
import io.tailrace.server.api.IncrementalAlterConfigsHandler;
import io.tailrace.server.api.InitProducerIdHandler;
import io.tailrace.server.api.ListOffsetsHandler;
import io.tailrace.server.api.ListPartitionReassignmentsHandler;
import io.tailrace.server.api.MetadataHandler;
import io.tailrace.server.api.OffsetCommitHandler;
import io.tailrace.server.api.OffsetFetchHandler;
import io.tailrace.server.api.OffsetForLeaderEpochHandler;
import io.tailrace.server.api.ProduceHandler;
import io.tailrace.server.api.RequestHandler;
import io.tailrace.server.api.TopicChanges;
import io.tailrace.server.cluster.ClusterNode;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.group.OffsetCoordinator;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partitions;
import java.util.List;

/** The one table of what a broker answers. */
final class Handlers {
    private Handlers() {}

    static List<RequestHandler<?, ?>> of(
            BrokerConfig config, ClusterNode node, OffsetCoordinator groups, BlockingCalls blocking, Clocks clocks) {
        ClusterView cluster = node.view();
        Partitions partitions = node.partitions();
        TopicChanges topics = new TopicChanges(node.topics(), cluster, config.topics(), config.groups());
        ConfigChanges configs = new ConfigChanges(node.topics(), node.brokerConfigs(), cluster, config.topicDefaults());
        return List.of(
                new ProduceHandler(partitions, clocks),
                new FetchHandler(partitions, config.network().fetchBytesMax()),
                new ListOffsetsHandler(partitions, blocking),
                new MetadataHandler(cluster, topics, config.topics().automatic(), blocking),
                new OffsetCommitHandler(cluster, groups, config.groups().metadataBytesMax(), clocks),
                new OffsetFetchHandler(groups),
                new FindCoordinatorHandler(cluster, groups, topics, blocking),
                new CreateTopicsHandler(topics, blocking),
                new DeleteTopicsHandler(topics, cluster, blocking),
                new InitProducerIdHandler(node.producerIds(), blocking),
                new OffsetForLeaderEpochHandler(partitions),
                new DescribeConfigsHandler(cluster, config),
                new AlterConfigsHandler(configs, blocking),
                new DescribeLogDirsHandler(node.logDirectories(), partitions),
                new CreatePartitionsHandler(topics, blocking),
                new IncrementalAlterConfigsHandler(configs, blocking),
                new AlterPartitionReassignmentsHandler(node.topics(), cluster, blocking),
                new ListPartitionReassignmentsHandler(cluster),
                new ElectLeadersHandler(node.controller(), cluster),
                new DescribeClusterHandler(cluster),
                new DescribeTopicPartitionsHandler(cluster));
    }
}
