package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.AddOffsetsToTxnRequest;
import io.tailrace.protocol.message.AddOffsetsToTxnResponse;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import io.tailrace.protocol.message.AlterPartitionReassignmentsRequest;
import io.tailrace.protocol.message.AlterPartitionReassignmentsResponse;
import io.tailrace.protocol.message.AlterReplicaLogDirsRequest;
import io.tailrace.protocol.message.AlterReplicaLogDirsResponse;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeClusterResponse;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.protocol.message.DescribeTransactionsRequest;
import io.tailrace.protocol.message.DescribeTransactionsResponse;
import io.tailrace.protocol.message.ElectLeadersRequest;
import io.tailrace.protocol.message.ElectLeadersResponse;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.ListConfigResourcesRequest;
import io.tailrace.protocol.message.ListConfigResourcesResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.ListPartitionReassignmentsRequest;
import io.tailrace.protocol.message.ListPartitionReassignmentsResponse;
import io.tailrace.protocol.message.ListTransactionsRequest;
import io.tailrace.protocol.message.ListTransactionsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The request and response of each API. */
final class MessageCatalog {
    private static final Map<ApiKey, Pair> PAIRS = new EnumMap<>(ApiKey.class);

    static {
        add(ApiKey.PRODUCE, ProduceRequest.class, ProduceResponse.class);
        add(ApiKey.FETCH, FetchRequest.class, FetchResponse.class);
        add(ApiKey.LIST_OFFSETS, ListOffsetsRequest.class, ListOffsetsResponse.class);
        add(ApiKey.METADATA, MetadataRequest.class, MetadataResponse.class);
        add(ApiKey.OFFSET_COMMIT, OffsetCommitRequest.class, OffsetCommitResponse.class);
        add(ApiKey.OFFSET_FETCH, OffsetFetchRequest.class, OffsetFetchResponse.class);
        add(ApiKey.FIND_COORDINATOR, FindCoordinatorRequest.class, FindCoordinatorResponse.class);
        add(ApiKey.JOIN_GROUP, JoinGroupRequest.class, JoinGroupResponse.class);
        add(ApiKey.HEARTBEAT, HeartbeatRequest.class, HeartbeatResponse.class);
        add(ApiKey.LEAVE_GROUP, LeaveGroupRequest.class, LeaveGroupResponse.class);
        add(ApiKey.SYNC_GROUP, SyncGroupRequest.class, SyncGroupResponse.class);
        add(ApiKey.DESCRIBE_GROUPS, DescribeGroupsRequest.class, DescribeGroupsResponse.class);
        add(ApiKey.LIST_GROUPS, ListGroupsRequest.class, ListGroupsResponse.class);
        add(ApiKey.API_VERSIONS, ApiVersionsRequest.class, ApiVersionsResponse.class);
        add(ApiKey.CREATE_TOPICS, CreateTopicsRequest.class, CreateTopicsResponse.class);
        add(ApiKey.DELETE_TOPICS, DeleteTopicsRequest.class, DeleteTopicsResponse.class);
        add(ApiKey.DELETE_RECORDS, DeleteRecordsRequest.class, DeleteRecordsResponse.class);
        add(ApiKey.INIT_PRODUCER_ID, InitProducerIdRequest.class, InitProducerIdResponse.class);
        add(ApiKey.OFFSET_FOR_LEADER_EPOCH, OffsetForLeaderEpochRequest.class, OffsetForLeaderEpochResponse.class);
        add(ApiKey.ADD_PARTITIONS_TO_TXN, AddPartitionsToTxnRequest.class, AddPartitionsToTxnResponse.class);
        add(ApiKey.ADD_OFFSETS_TO_TXN, AddOffsetsToTxnRequest.class, AddOffsetsToTxnResponse.class);
        add(ApiKey.END_TXN, EndTxnRequest.class, EndTxnResponse.class);
        add(ApiKey.WRITE_TXN_MARKERS, WriteTxnMarkersRequest.class, WriteTxnMarkersResponse.class);
        add(ApiKey.TXN_OFFSET_COMMIT, TxnOffsetCommitRequest.class, TxnOffsetCommitResponse.class);
        add(ApiKey.DESCRIBE_CONFIGS, DescribeConfigsRequest.class, DescribeConfigsResponse.class);
        add(ApiKey.ALTER_CONFIGS, AlterConfigsRequest.class, AlterConfigsResponse.class);
        add(ApiKey.ALTER_REPLICA_LOG_DIRS, AlterReplicaLogDirsRequest.class, AlterReplicaLogDirsResponse.class);
        add(ApiKey.DESCRIBE_LOG_DIRS, DescribeLogDirsRequest.class, DescribeLogDirsResponse.class);
        add(ApiKey.CREATE_PARTITIONS, CreatePartitionsRequest.class, CreatePartitionsResponse.class);
        add(ApiKey.DELETE_GROUPS, DeleteGroupsRequest.class, DeleteGroupsResponse.class);
        add(ApiKey.ELECT_LEADERS, ElectLeadersRequest.class, ElectLeadersResponse.class);
        add(
                ApiKey.INCREMENTAL_ALTER_CONFIGS,
                IncrementalAlterConfigsRequest.class,
                IncrementalAlterConfigsResponse.class);
        add(
                ApiKey.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequest.class,
                AlterPartitionReassignmentsResponse.class);
        add(
                ApiKey.LIST_PARTITION_REASSIGNMENTS,
                ListPartitionReassignmentsRequest.class,
                ListPartitionReassignmentsResponse.class);
        add(ApiKey.OFFSET_DELETE, OffsetDeleteRequest.class, OffsetDeleteResponse.class);
        add(ApiKey.DESCRIBE_PRODUCERS, DescribeProducersRequest.class, DescribeProducersResponse.class);
        add(ApiKey.DESCRIBE_TRANSACTIONS, DescribeTransactionsRequest.class, DescribeTransactionsResponse.class);
        add(ApiKey.LIST_TRANSACTIONS, ListTransactionsRequest.class, ListTransactionsResponse.class);
        add(ApiKey.CONSUMER_GROUP_HEARTBEAT, ConsumerGroupHeartbeatRequest.class, ConsumerGroupHeartbeatResponse.class);
        add(ApiKey.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequest.class, ConsumerGroupDescribeResponse.class);
        add(ApiKey.LIST_CONFIG_RESOURCES, ListConfigResourcesRequest.class, ListConfigResourcesResponse.class);
        add(ApiKey.DESCRIBE_CLUSTER, DescribeClusterRequest.class, DescribeClusterResponse.class);
        add(
                ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                DescribeTopicPartitionsRequest.class,
                DescribeTopicPartitionsResponse.class);
    }

    private MessageCatalog() {}

    /** The layouts of an API's request and response. */
    private record Pair(MessageLayouts request, MessageLayouts response) {}

    private static <R extends Response, Q extends Record & Request<R>> void add(
            ApiKey api, Class<Q> request, Class<? extends R> response) {
        PAIRS.put(api, new Pair(layouts(api, request), layouts(api, response.asSubclass(Record.class))));
    }

    private static MessageLayouts layouts(ApiKey api, Class<? extends Record> type) {
        return new MessageLayouts(api.name(), type, api.advertised(), api.flexibleSince());
    }

    static MessageLayouts request(ApiKey api) {
        return Objects.requireNonNull(PAIRS.get(api)).request;
    }

    static MessageLayouts response(ApiKey api) {
        return Objects.requireNonNull(PAIRS.get(api)).response;
    }
}
