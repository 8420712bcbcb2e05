package io.tailrace.server;

import io.tailrace.coordination.Controller;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.coordination.TopicStore;
import io.tailrace.server.api.AddOffsetsToTxnHandler;
import io.tailrace.server.api.AddPartitionsToTxnHandler;
import io.tailrace.server.api.AlterConfigsHandler;
import io.tailrace.server.api.AlterPartitionReassignmentsHandler;
import io.tailrace.server.api.AlterReplicaLogDirsHandler;
import io.tailrace.server.api.BlockingCalls;
import io.tailrace.server.api.ConfigChanges;
import io.tailrace.server.api.ConsumerGroupDescribeHandler;
import io.tailrace.server.api.ConsumerGroupHeartbeatHandler;
import io.tailrace.server.api.CreatePartitionsHandler;
import io.tailrace.server.api.CreateTopicsHandler;
import io.tailrace.server.api.DeleteGroupsHandler;
import io.tailrace.server.api.DeleteRecordsHandler;
import io.tailrace.server.api.DeleteTopicsHandler;
import io.tailrace.server.api.DescribeClusterHandler;
import io.tailrace.server.api.DescribeConfigsHandler;
import io.tailrace.server.api.DescribeGroupsHandler;
import io.tailrace.server.api.DescribeLogDirsHandler;
import io.tailrace.server.api.DescribeProducersHandler;
import io.tailrace.server.api.DescribeTopicPartitionsHandler;
import io.tailrace.server.api.DescribeTransactionsHandler;
import io.tailrace.server.api.ElectLeadersHandler;
import io.tailrace.server.api.EndTxnHandler;
import io.tailrace.server.api.FindCoordinatorHandler;
import io.tailrace.server.api.HeartbeatHandler;
import io.tailrace.server.api.IncrementalAlterConfigsHandler;
import io.tailrace.server.api.InitProducerIdHandler;
import io.tailrace.server.api.InternalTopics;
import io.tailrace.server.api.JoinGroupHandler;
import io.tailrace.server.api.LeaveGroupHandler;
import io.tailrace.server.api.ListConfigResourcesHandler;
import io.tailrace.server.api.ListGroupsHandler;
import io.tailrace.server.api.ListOffsetsHandler;
import io.tailrace.server.api.ListPartitionReassignmentsHandler;
import io.tailrace.server.api.ListTransactionsHandler;
import io.tailrace.server.api.MetadataHandler;
import io.tailrace.server.api.OffsetCommitHandler;
import io.tailrace.server.api.OffsetDeleteHandler;
import io.tailrace.server.api.OffsetFetchHandler;
import io.tailrace.server.api.OffsetForLeaderEpochHandler;
import io.tailrace.server.api.ProduceHandler;
import io.tailrace.server.api.ProducerOperations;
import io.tailrace.server.api.RequestHandler;
import io.tailrace.server.api.SyncGroupHandler;
import io.tailrace.server.api.TopicChanges;
import io.tailrace.server.api.TxnOffsetCommitHandler;
import io.tailrace.server.api.WriteTxnMarkersHandler;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.cluster.Storage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.fetch.FetchHandler;
import io.tailrace.server.fetch.FetchSessions;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.server.transaction.Transactions;
import java.util.List;

/** Creates the handlers of all requests that a broker answers. */
final class RequestHandlers {
    private RequestHandlers() {}

    /**
     * The parts that handlers use.
     *
     * @param cluster the cluster as this broker has acted on it
     * @param blocking runs requests that may block
     */
    record Context(
            BrokerConfig config,
            ClusterView cluster,
            Partitions partitions,
            Storage storage,
            GroupCoordinator groups,
            Transactions transactions,
            FetchSessions fetchSessions,
            Coordination coordination,
            BlockingCalls blocking,
            Clocks clocks) {}

    /** The ways to change the cluster's state. */
    record Coordination(ConfigChanges.Stores configs, ProducerIdBlocks producerIds, Controller controller) {}

    static List<RequestHandler<?, ?>> of(Context context) {
        BrokerConfig config = context.config();
        ClusterView cluster = context.cluster();
        Partitions partitions = context.partitions();
        GroupCoordinator groups = context.groups();
        BlockingCalls blocking = context.blocking();
        TopicStore topicStore = context.coordination().configs().topics();
        TopicChanges topics = new TopicChanges(
                topicStore,
                cluster,
                config.topics(),
                new InternalTopics(config.groups(), config.transactions()),
                System::nanoTime);
        ConfigChanges configs = new ConfigChanges(context.coordination().configs(), cluster, config, System::nanoTime);
        TransactionCoordinator transactions = context.transactions().coordinator();
        ProducerOperations producers =
                new ProducerOperations(transactions, context.coordination().producerIds(), blocking);
        return List.of(
                new ProduceHandler(partitions, context.transactions().verifier(), context.clocks()),
                new FetchHandler(
                        partitions,
                        context.fetchSessions(),
                        config.replication().isRackAware(),
                        config.network().fetchBytesMax()),
                new ListOffsetsHandler(partitions, blocking),
                new MetadataHandler(cluster, topics, config.topics().automatic(), blocking),
                new OffsetCommitHandler(groups),
                new TxnOffsetCommitHandler(groups, context.transactions().verifier()),
                new OffsetFetchHandler(groups),
                new OffsetDeleteHandler(groups),
                new ListGroupsHandler(groups),
                new DeleteGroupsHandler(groups),
                new ConsumerGroupHeartbeatHandler(groups),
                new ConsumerGroupDescribeHandler(groups),
                new FindCoordinatorHandler(cluster, groups, transactions, topics, blocking),
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new DescribeGroupsHandler(groups),
                new CreateTopicsHandler(topics, config.topicDefaults(), blocking),
                new DeleteTopicsHandler(topics, cluster, blocking),
                new DeleteRecordsHandler(partitions),
                new InitProducerIdHandler(context.coordination().producerIds(), blocking, producers),
                new AddPartitionsToTxnHandler(cluster, transactions),
                new AddOffsetsToTxnHandler(transactions, groups),
                new EndTxnHandler(producers),
                new WriteTxnMarkersHandler(context.transactions().markers()),
                new DescribeTransactionsHandler(transactions),
                new ListTransactionsHandler(transactions),
                new DescribeProducersHandler(partitions),
                new OffsetForLeaderEpochHandler(partitions),
                new DescribeConfigsHandler(cluster, config),
                new AlterConfigsHandler(configs, blocking),
                new AlterReplicaLogDirsHandler(context.storage().moves(), blocking),
                new DescribeLogDirsHandler(context.storage().directories(), partitions, blocking),
                new CreatePartitionsHandler(topics, blocking),
                new IncrementalAlterConfigsHandler(configs, blocking),
                new AlterPartitionReassignmentsHandler(topicStore, topics, cluster, blocking),
                new ListPartitionReassignmentsHandler(cluster),
                new ElectLeadersHandler(context.coordination().controller(), cluster),
                new DescribeClusterHandler(cluster),
                new ListConfigResourcesHandler(cluster),
                new DescribeTopicPartitionsHandler(cluster));
    }
}
