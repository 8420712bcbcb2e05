package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Peers that send half a request and stop: the broker serves other clients, warns, and closes slow connections. */
class SlowPeersIT {
    private static final String TOPIC = "topic";
    /** Half of their frames is more than there is memory for. */
    private static final int PEERS = 12;

    private static final int FRAME_BYTES = 1 << 20;
    private static final int TIMEOUT_MS = 60_000;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<RawClient> slow = new ArrayList<>();
    private BrokerFixture fixture;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(
                directory,
                Map.of(
                        "queued.max.request.bytes", "4194304",
                        "socket.request.max.bytes", "2097152",
                        "socket.request.timeout.ms", "20000"));
        logged.list = new CopyOnWriteArrayList<>(); // the broker logs while the test reads
        logged.start();
        root().addAppender(logged);
        try (RawClient client = new RawClient(fixture.port())) {
            client.call(
                    new MetadataRequest(List.of(new MetadataRequest.Topic(TOPIC)), true, false, false),
                    MetadataResponse.class);
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @AfterEach
    void stop() throws Exception {
        root().detachAppender(logged);
        for (RawClient each : slow) {
            each.close();
        }
        fixture.close();
    }

    @Test
    void otherClientsAreServedAndHalfFramesGiveWay() throws Exception {
        ByteBuffer half =
                ByteBuffer.allocate(FRAME_BYTES / 2).putInt(FRAME_BYTES).putShort((short) 0);
        for (int i = 0; i < PEERS; i++) {
            RawClient peer = new RawClient(fixture.port());
            slow.add(peer);
            peer.send(half.array());
        }
        await().until(() -> logged.list.stream().anyMatch(SlowPeersIT::namesTheHolders));

        assertThat(answersInTwoPieces())
                .as("a small request is answered at once")
                .isTrue();
        try (RawClient client = new RawClient(fixture.port())) {
            ProduceResponse answer =
                    client.call(produce(TOPIC, 1, TIMEOUT_MS, batch("x".repeat(200_000))), ProduceResponse.class);
            assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.NONE);
        }
        await().untilAsserted(() -> assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("closed the connection of 127.0.0.1: request of 1048576 bytes")));
    }

    private static boolean namesTheHolders(ILoggingEvent event) {
        return event.getLevel() == Level.WARN
                && event.getFormattedMessage()
                        .matches("memory for Produce requests \\(queued.max.request.bytes\\) is exhausted.*"
                                + " connections of 127.0.0.1 hold .* bytes.*");
    }

    /** Sends an ApiVersions request in two pieces; whether it is answered. */
    private boolean answersInTwoPieces() throws IOException {
        byte[] request =
                ByteBuffer.allocate(15).putInt(11).putInt(18 << 16).putInt(42).array();
        try (RawClient client = new RawClient(fixture.port());
                RawClient other = new RawClient(fixture.port())) {
            client.send(Arrays.copyOf(request, 6));
            other.call(new ApiVersionsRequest("", ""), ApiVersionsResponse.class);
            client.send(Arrays.copyOfRange(request, 6, request.length));
            return Responses.correlationId(client.receiveFrame()) == 42;
        }
    }
}
