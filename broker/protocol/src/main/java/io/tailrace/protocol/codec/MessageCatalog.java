package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Which records are the messages of which API. */
final class MessageCatalog {
    private static final Map<ApiKey, Pair> PAIRS = new EnumMap<>(ApiKey.class);

    static {
        add(ApiKey.PRODUCE, ProduceRequest.class, ProduceResponse.class);
        add(ApiKey.FETCH, FetchRequest.class, FetchResponse.class);
        add(ApiKey.LIST_OFFSETS, ListOffsetsRequest.class, ListOffsetsResponse.class);
        add(ApiKey.METADATA, MetadataRequest.class, MetadataResponse.class);
        add(ApiKey.API_VERSIONS, ApiVersionsRequest.class, ApiVersionsResponse.class);
        add(ApiKey.INIT_PRODUCER_ID, InitProducerIdRequest.class, InitProducerIdResponse.class);
    }

    private MessageCatalog() {}

    /** The layouts of an API's request and response. */
    private record Pair(MessageLayouts request, MessageLayouts response) {}

    private static <R extends Response, Q extends Record & Request<R>> void add(
            ApiKey api, Class<Q> request, Class<? extends R> response) {
        PAIRS.put(
                api,
                new Pair(new MessageLayouts(api, request), new MessageLayouts(api, response.asSubclass(Record.class))));
    }

    static MessageLayouts request(ApiKey api) {
        return Objects.requireNonNull(PAIRS.get(api)).request;
    }

    static MessageLayouts response(ApiKey api) {
        return Objects.requireNonNull(PAIRS.get(api)).response;
    }
}
