package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeClusterResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.cluster.ClusterView;

/** Lists the brokers and names the controller. */
public final class DescribeClusterHandler implements RequestHandler<DescribeClusterRequest, DescribeClusterResponse> {
    private final ClusterView cluster;

    /** Answers from this view. */
    public DescribeClusterHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(DescribeClusterRequest request, Call<DescribeClusterResponse> call) {
        ClusterImage image = cluster.get();
        call.answer(new DescribeClusterResponse(
                0,
                ErrorCode.NONE,
                null,
                image.clusterId(),
                image.controllerId(),
                ClusterAnswers.brokers(image, call.listener()).stream()
                        .map(broker -> new DescribeClusterResponse.Broker(
                                broker.nodeId(), broker.host(), broker.port(), broker.rack()))
                        .toList(),
                ClusterAnswers.OPERATIONS_UNKNOWN));
    }
}
