package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.EncodedMessage;
import io.tailrace.protocol.codec.Requests;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.Response;
import io.tailrace.testing.WaitLimit;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketNetworkTest {
    private static final MetadataRequest METADATA = new MetadataRequest(List.of(), false, false, false);
    private static final MetadataResponse ANSWER =
            new MetadataResponse(0, List.of(), "here", 1, List.of(), Integer.MIN_VALUE);

    private static final int TIMEOUT_MS = 60_000;

    private final ServerSocket server;
    private final SocketNetwork network;
    private final AtomicLong skippedMs = new AtomicLong();

    SocketNetworkTest() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ClientConfig config = ClientConfig.builder()
                .bootstrapServers("127.0.0.1:" + server.getLocalPort())
                .retryBackoffMs(1)
                .retryBackoffMaxMs(1)
                .connectTimeoutMs(TIMEOUT_MS)
                .responseBytesMax(10_000)
                .build();
        network = new SocketNetwork(config, new SkippingTime());
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        server.close();
    }

    /** The system's time, of which a test can skip some. */
    private final class SkippingTime implements Time {
        @Override
        public long elapsedMs() {
            return Time.SYSTEM.elapsedMs() + skippedMs.get();
        }

        @Override
        public long wallMs() {
            return Time.SYSTEM.wallMs();
        }
    }

    private CompletableFuture<MetadataResponse> ask() {
        return network.send(
                InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort()), METADATA, TIMEOUT_MS);
    }

    private static ErrorCode failure(CompletableFuture<?> future) {
        assertThat(future)
                .failsWithin(WaitLimit.WAIT_MAX)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ClientException.class);
        return Retry.errorOf(
                future.handle((ok, e) -> e == null ? new IOException() : e).join());
    }

    /** The broker's side of a connection, after the handshake. */
    private final class Accepted implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;

        Accepted(short newestApiVersions) throws IOException {
            socket = server.accept();
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            Requests.Received asked = receive();
            assertThat(asked.body()).isInstanceOf(ApiVersionsRequest.class);
            if (asked.header().version() > newestApiVersions) {
                answer(new ApiVersionsResponse(ErrorCode.UNSUPPORTED_VERSION, List.of()), (short) 0, asked);
                asked = receive();
                assertThat(asked.header().version()).isZero();
            }
            List<ApiVersionsResponse.Api> apis = List.of(
                    new ApiVersionsResponse.Api(ApiKey.METADATA.number(), (short) 0, (short) 5),
                    new ApiVersionsResponse.Api(ApiKey.FETCH.number(), (short) 4, (short) 18));
            answer(new ApiVersionsResponse(ErrorCode.NONE, apis), asked.header().version(), asked);
        }

        Requests.Received receive() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return Requests.decode(ByteBuffer.wrap(frame));
        }

        byte[] encode(Response response, short version, Requests.Received asked) {
            EncodedMessage message =
                    Responses.encode(response, version, asked.header().correlationId());
            ByteBuffer all = ByteBuffer.allocate(message.sizeInBytes());
            for (ByteBuffer part : message.buffers()) {
                all.put(part);
            }
            return all.array();
        }

        void answer(Response response, short version, Requests.Received asked) throws IOException {
            out.write(encode(response, version, asked));
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void highestCommonVersionIsUsed() throws Exception {
        CompletableFuture<MetadataResponse> answer = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            Requests.Received asked = broker.receive();
            assertThat(asked.header().version()).isEqualTo((short) 5);
            assertThat(asked.header().clientId()).isEqualTo("tailrace");
            broker.answer(ANSWER, (short) 5, asked);
            assertThat(answer.get(60, TimeUnit.SECONDS).clusterId()).isEqualTo("here");
        }
    }

    @Test
    void fetchNamesTopicsByNameEvenIfTheBrokerSupportsIds() throws Exception {
        FetchRequest.Partition part = new FetchRequest.Partition(0, -1, 0, -1, -1, 1_000);
        FetchRequest fetch = new FetchRequest(-1, 0, 1, 1_000, List.of(new FetchRequest.Topic("web", List.of(part))));
        CompletableFuture<?> unused =
                network.send(InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort()), fetch, TIMEOUT_MS);
        try (Accepted broker = new Accepted((short) 3)) {
            Requests.Received asked = broker.receive();
            assertThat(asked.header().version()).isEqualTo((short) 12);
            assertThat(asked.body()).isEqualTo(fetch);
        }
    }

    @Test
    void brokerThatSupportsOnlyApiVersionsZeroIsAskedAgain() throws Exception {
        CompletableFuture<MetadataResponse> answer = ask();
        try (Accepted broker = new Accepted((short) 0)) {
            Requests.Received asked = broker.receive();
            broker.answer(ANSWER, asked.header().version(), asked);
            assertThat(answer.get(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void requestOfAnUnsupportedApiFailsAndTheConnectionStaysOpen() throws Exception {
        CompletableFuture<?> unknown = network.send(
                InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort()),
                new CreatePartitionsRequest(List.of(), 1, false),
                TIMEOUT_MS);
        CompletableFuture<MetadataResponse> known = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            Requests.Received asked = broker.receive();
            broker.answer(ANSWER, (short) 5, asked);
            assertThat(known.get(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(failure(unknown)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        }
    }

    @Test
    void connectionLostInsideAnAnswerFailsAllUnansweredRequestsAndTheNextOneReconnects() throws Exception {
        CompletableFuture<MetadataResponse> first = ask();
        CompletableFuture<MetadataResponse> second = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            byte[] whole = broker.encode(ANSWER, (short) 5, broker.receive());
            broker.out.write(whole, 0, whole.length - 1);
        }
        assertThat(failure(first)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        assertThat(failure(second)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        CompletableFuture<MetadataResponse> third = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            broker.answer(ANSWER, (short) 5, broker.receive());
            assertThat(third.get(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void timedOutRequestEndsTheConnection() throws Exception {
        CompletableFuture<MetadataResponse> late = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            broker.receive();
            skippedMs.set(TIMEOUT_MS);
            assertThat(failure(late)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
            assertThat(broker.in.read()).isEqualTo(-1);
        }
    }

    @Test
    void answerToAnotherRequestEndsTheConnection() throws Exception {
        CompletableFuture<MetadataResponse> answer = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            broker.receive();
            broker.out.write(ByteBuffer.allocate(8).putInt(4).putInt(999).array());
            assertThat(failure(answer)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        }
    }

    @Test
    void implausibleSizeEndsTheConnection() throws Exception {
        CompletableFuture<MetadataResponse> answer = ask();
        try (Socket peer = server.accept()) {
            peer.getOutputStream().write("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.US_ASCII));
            assertThat(answer)
                    .failsWithin(WaitLimit.WAIT_MAX)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("is this a broker's port?");
        }
    }

    @Test
    void closeFailsUnansweredRequests() throws Exception {
        CompletableFuture<MetadataResponse> answer = ask();
        try (Accepted broker = new Accepted((short) 3)) {
            broker.receive();
            network.close();
            assertThat(failure(answer)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
            assertThat(failure(ask())).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        }
    }
}
