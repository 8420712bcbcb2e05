package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live brokers and the controller.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param errorCode what went wrong
 * @param errorMessage what went wrong, for people; null for nothing to add
 * @param clusterId the cluster's id
 * @param controllerId the controller's broker id, -1 for none
 * @param brokers the live brokers, as they are to be connected to
 * @param clusterAuthorizedOperations bits of what the client may do with the cluster; {@link Integer#MIN_VALUE} if not
 *     asked for
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
     * @param host its host as advertised
     * @param port its port as advertised
     * @param rack its rack; null if it has none
     */
    public record Broker(
            int brokerId, String host, int port, @Nullable String rack) {}
}
