package io.tailrace.server.api;

import io.netty.buffer.ByteBuf;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.codec.RequestHeader;
import io.tailrace.protocol.codec.RequestStart;
import io.tailrace.protocol.codec.Requests;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.server.network.BadFrameException;
import io.tailrace.server.network.Connection;
import io.tailrace.server.network.RequestDispatcher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Decodes requests and passes them to the handlers of their APIs. Answers ApiVersions itself. Immutable and
 * thread-safe.
 */
public final class RequestRouter implements RequestDispatcher {
    private static final short VERSION_FOR_UNKNOWN_CLIENTS = 0;
    private static final int CLIENT_ID_LENGTH_MAX = 100;

    /** Memory of a decoded request, for each byte of its frame: lists of short entries take most. */
    private static final int DECODED_FACTOR = 16;

    /** Clients end transactions by the rules of version 2 if this feature is enabled (KIP-890). */
    private static final String TRANSACTION_VERSION = "transaction.version";

    /** From 1: Java's clients before Kafka 3.9 fail at a feature whose minimum is 0 (KAFKA-17011). */
    private static final List<ApiVersionsResponse.SupportedFeature> SUPPORTED_FEATURES =
            List.of(new ApiVersionsResponse.SupportedFeature(TRANSACTION_VERSION, (short) 1, (short) 2));

    private static final List<ApiVersionsResponse.FinalizedFeature> ENABLED_FEATURES =
            List.of(new ApiVersionsResponse.FinalizedFeature(TRANSACTION_VERSION, (short) 2, (short) 2));
    private static final long FEATURES_EPOCH = 0;

    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

    private final Map<ApiKey, RequestHandler<?, ?>> handlers = new EnumMap<>(ApiKey.class);
    private final List<ApiVersionsResponse.Api> versions;
    private final RequestMetrics metrics = new RequestMetrics(System::nanoTime);

    /** @param handlers one for each API except ApiVersions, which is answered from this list */
    public RequestRouter(Collection<RequestHandler<?, ?>> handlers) {
        for (RequestHandler<?, ?> handler : handlers) {
            if (this.handlers.put(handler.api(), handler) != null) {
                throw new IllegalStateException("two handlers for " + handler.api());
            }
        }
        this.handlers.put(ApiKey.API_VERSIONS, new ApiVersions());
        List<ApiVersionsResponse.Api> all = new ArrayList<>();
        for (ApiKey api : this.handlers.keySet()) {
            all.add(new ApiVersionsResponse.Api(
                    api.number(), api.advertised().min(), api.advertised().max()));
        }
        this.versions = List.copyOf(all);
    }

    /** Counts and times of the requests. */
    public RequestMetrics metrics() {
        return metrics;
    }

    @Override
    public void dispatch(ByteBuf frame, Connection connection) throws BadFrameException {
        ByteBuffer bytes = frame.nioBuffer();
        Requests.Received received;
        RequestHandler<?, ?> handler;
        try {
            RequestStart start = RequestStart.of(bytes);
            if (start.apiKey() == ApiKey.API_VERSIONS.number()
                    && !ApiKey.API_VERSIONS.served().contains(start.apiVersion())) {
                answerUnknownVersion(start, connection);
                return;
            }
            handler = handlerOf(start, bytes);
            received = Requests.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new BadFrameException(String.valueOf(e.getMessage()));
        }
        // Records are not copied: a Produce request is appended before the next one is decoded.
        long memoryBytes = handler.api() == ApiKey.PRODUCE ? 0 : (long) bytes.limit() * DECODED_FACTOR;
        handle(handler, received, connection, memoryBytes);
    }

    private RequestHandler<?, ?> handlerOf(RequestStart start, ByteBuffer frame) throws BadFrameException {
        RequestHandler<?, ?> handler =
                ApiKey.of(start.apiKey()).map(handlers::get).orElse(null);
        if (handler == null) {
            throw new BadFrameException("%s sent a request of unknown API %d, version %d"
                    .formatted(client(frame), start.apiKey(), start.apiVersion()));
        }
        ApiKey api = handler.api();
        if (!api.advertised().contains(start.apiVersion())) {
            throw new BadFrameException("%s sent a %s request (API %d) of version %d, expected version %s"
                    .formatted(client(frame), api, api.number(), start.apiVersion(), api.advertised()));
        }
        return handler;
    }

    /** The client id, reduced to printable characters for the log. */
    private static String client(ByteBuffer frame) {
        String id = RequestStart.clientId(frame);
        String shown = id.substring(0, Math.min(id.length(), CLIENT_ID_LENGTH_MAX));
        return "client \"" + UNPRINTABLE.matcher(shown).replaceAll("?") + "\"";
    }

    /** The codec decodes the body into the record of the handler's API, so the types fit. */
    @SuppressWarnings("unchecked")
    private <Q extends Request<A>, A extends Response> void handle(
            RequestHandler<Q, A> handler, Requests.Received received, Connection connection, long memoryBytes) {
        ApiKey api = handler.api();
        boolean isFollower = RequestMetrics.isFollower(received.body());
        long begunNanos = metrics.nanoTime();
        metrics.begun(api, received.body());
        Call<A> call = new Call<>(
                connection, received.header(), memoryBytes, () -> metrics.answered(api, isFollower, begunNanos));
        connection.begin(call);
        try {
            handler.handle((Q) received.body(), call);
        } catch (RuntimeException e) {
            call.fail(e);
        }
    }

    /** Reports the served versions to a client that is newer than this broker. */
    private void answerUnknownVersion(RequestStart start, Connection connection) {
        Call<ApiVersionsResponse> call = new Call<>(
                connection,
                new RequestHeader(ApiKey.API_VERSIONS, VERSION_FOR_UNKNOWN_CLIENTS, start.correlationId(), null),
                0,
                () -> {});
        connection.begin(call);
        call.answer(new ApiVersionsResponse(ErrorCode.UNSUPPORTED_VERSION, versions));
    }

    /** Answers with the versions of all handlers. */
    private final class ApiVersions implements RequestHandler<ApiVersionsRequest, ApiVersionsResponse> {
        @Override
        public ApiKey api() {
            return ApiKey.API_VERSIONS;
        }

        @Override
        public void handle(ApiVersionsRequest request, Call<ApiVersionsResponse> call) {
            call.answer(new ApiVersionsResponse(
                    ErrorCode.NONE, versions, 0, SUPPORTED_FEATURES, FEATURES_EPOCH, ENABLED_FEATURES, false));
        }
    }
}
