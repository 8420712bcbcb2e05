package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live brokers and the controller.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param errorMessage describes the error; null for nothing to add
 * @param clusterId the cluster's id
 * @param controllerId the controller's broker id, -1 for none
 * @param brokers the addresses of the live brokers
 * @param clusterAuthorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if not
 *     requested
 */
public record DescribeClusterResponse(
        int throttleTimeMs,
        ErrorCode errorCode,
        @Nullable String errorMessage,
        String clusterId,
        int controllerId,
        List<Broker> brokers,
        int clusterAuthorizedOperations)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CLUSTER;
    }

    /**
     * A broker's address.
     *
     * @param brokerId its id
     * @param host the advertised host
     * @param port the advertised port
     * @param rack its rack; null if it has none
     */
    public record Broker(
            int brokerId, String host, int port, @Nullable String rack) {}
}
