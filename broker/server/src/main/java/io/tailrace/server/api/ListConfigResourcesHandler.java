package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.ListConfigResourcesRequest;
import io.tailrace.protocol.message.ListConfigResourcesResponse;
import io.tailrace.protocol.message.ListConfigResourcesResponse.Resource;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists the resources that DescribeConfigs can describe: all topics, the live brokers, and the groups that have settings
 * (KIP-1142). There are no settings of client metrics, the only kind in version 0, and none of a broker's loggers.
 */
public final class ListConfigResourcesHandler
        implements RequestHandler<ListConfigResourcesRequest, ListConfigResourcesResponse> {
    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;
    private static final Set<Byte> TYPES = Set.of(
            DescribeConfigsRequest.TOPIC,
            DescribeConfigsRequest.BROKER,
            BROKER_LOGGER,
            CLIENT_METRICS,
            DescribeConfigsRequest.GROUP);

    private final ClusterView cluster;

    /** Lists the resources of this cluster. */
    public ListConfigResourcesHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LIST_CONFIG_RESOURCES;
    }

    @Override
    public void handle(ListConfigResourcesRequest request, Call<ListConfigResourcesResponse> call) {
        boolean isOfVersion0 = call.header().version() == 0;
        Set<Byte> asked = new LinkedHashSet<>(request.resourceTypes());
        if (!TYPES.containsAll(asked)) {
            call.answer(new ListConfigResourcesResponse(0, ErrorCode.UNSUPPORTED_VERSION, List.of()));
            return;
        }
        ClusterImage image = cluster.get();
        List<Resource> resources = isOfVersion0
                ? List.of()
                : (asked.isEmpty() ? TYPES : asked)
                        .stream().flatMap(type -> resources(type, image)).toList();
        call.answer(new ListConfigResourcesResponse(0, ErrorCode.NONE, resources));
    }

    private static Stream<Resource> resources(byte type, ClusterImage image) {
        return switch (type) {
            case DescribeConfigsRequest.TOPIC -> named(type, image.topics().keySet());
            case DescribeConfigsRequest.BROKER -> named(type, image.brokers().keySet());
            case DescribeConfigsRequest.GROUP ->
                named(type, image.groupConfigs().keySet());
            default -> Stream.empty();
        };
    }

    private static Stream<Resource> named(byte type, Collection<?> names) {
        return names.stream().map(name -> new Resource(name.toString(), type));
    }
}
