package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.bytes;
import static io.tailrace.server.Batches.fetch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.ElectLeadersRequest;
import io.tailrace.protocol.message.ElectLeadersResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.server.network.PeerFaultLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Single requests and their answers, as client libraries do not show them. */
class RawProtocolIT {
    private static final int ACKS_ALL = -1;
    private static final int TIMEOUT_MS = 60_000;

    private static final int LONGER_THAN_CLIENTS_WAIT_MS = 600_000;

    /** Where a batch has its checksum and its attributes, and bits of those (see docs/format.md). */
    private static final int CRC_AT = 17;

    private static final int ATTRIBUTES_AT = 21;
    private static final int TRANSACTIONAL = 1 << 4;
    private static final int CONTROL = 1 << 5;

    private static BrokerFixture fixture;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(directory, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @Test
    void duplicateBatchGetsItsFirstOffsetEvenAfterARestart() throws Exception {
        create("repeated", Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(offsetOf(client, batch(7, 0, "a", "b"))).isZero();
            assertThat(offsetOf(client, batch(7, 2, "c"))).isEqualTo(2);
            assertThat(offsetOf(client, batch(7, 0, "a", "b"))).isZero();
        }
        fixture.restart();
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(offsetOf(client, batch(7, 2, "c"))).isEqualTo(2);
            assertThat(offsetOf(client, batch(7, 3, "d"))).isEqualTo(3);
            ProduceResponse gap =
                    client.call(produce("repeated", ACKS_ALL, TIMEOUT_MS, batch(7, 9, "z")), ProduceResponse.class);
            assertThat(only(gap).errorCode()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
    }

    private static long offsetOf(RawClient client, ByteBuffer batch) throws Exception {
        ProduceResponse answer = client.call(produce("repeated", ACKS_ALL, TIMEOUT_MS, batch), ProduceResponse.class);
        assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.NONE);
        return only(answer).baseOffset();
    }

    @Test
    void electionForANegativePartitionIsRefused() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            ElectLeadersRequest request = new ElectLeadersRequest(
                    ElectLeadersRequest.PREFERRED,
                    List.of(new ElectLeadersRequest.Topic("any", List.of(-1))),
                    TIMEOUT_MS);
            assertThat(client.call(request, ElectLeadersResponse.class).errorCode())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void produceOnAnotherConnectionEndsALongPoll() throws Exception {
        create("polled", Map.of());
        try (RawClient reader = new RawClient(fixture.port());
                RawClient writer = new RawClient(fixture.port())) {
            reader.send(fetch("polled", 0, LONGER_THAN_CLIENTS_WAIT_MS, 1, 1000));
            writer.call(produce("polled", 1, TIMEOUT_MS, batch("a")), ProduceResponse.class);

            assertThat(bytes(reader.receive(FetchResponse.class))).isPositive();
        }
    }

    @Test
    void firstBatchIsReturnedWholeEvenIfItExceedsTheLimit() throws Exception {
        create("large", Map.of());
        String large = "x".repeat(10_000);
        try (RawClient client = new RawClient(fixture.port())) {
            client.call(produce("large", 1, TIMEOUT_MS, batch(large)), ProduceResponse.class);
            client.call(produce("large", 1, TIMEOUT_MS, batch(large)), ProduceResponse.class);

            assertThat(bytes(client.call(fetch("large", 0, 0, 1, 100), FetchResponse.class)))
                    .isBetween(10_000, 10_200);
        }
    }

    @Test
    void clientOfAFutureVersionGetsTheRangeOfVersions() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            ByteBuffer frame = ByteBuffer.allocate(4 + 8 + 3).putInt(11).putShort((short) 18);
            client.send(frame.putShort((short) 99).putInt(42).array());
            ByteBuffer answer = client.receiveFrame();

            assertThat(Responses.correlationId(answer)).isEqualTo(42);
            ApiVersionsResponse versions =
                    (ApiVersionsResponse) Responses.decode(ApiKey.API_VERSIONS, (short) 0, answer);
            assertThat(versions.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
            assertThat(versions.apiKeys())
                    .isEqualTo(client.call(new ApiVersionsRequest("", ""), ApiVersionsResponse.class)
                            .apiKeys())
                    .contains(new ApiVersionsResponse.Api((short) 18, (short) 0, (short) 3));
        }
    }

    @Test
    void requestsTakeEffectInOrderEvenIfSomeBlock() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(creation("ordered", Map.of()));
            client.send(produce("ordered", 1, TIMEOUT_MS, batch("a")));
            client.send(fetch("ordered", 0, 0, 1, 1000));

            assertThat(client.receive(CreateTopicsResponse.class)
                            .topics()
                            .get(0)
                            .errorCode())
                    .isEqualTo(ErrorCode.NONE);
            assertThat(only(client.receive(ProduceResponse.class)).errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(bytes(client.receive(FetchResponse.class))).isPositive();
        }
    }

    @Test
    void failedProduceWithAcksZeroClosesTheConnection() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            client.send(produce("no-such-topic", 0, TIMEOUT_MS, batch("a")));

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void tooLargeOrCorruptBatchIsRefused() throws Exception {
        create("small", Map.of("max.message.bytes", "1000"));
        ByteBuffer broken = batch("a");
        broken.put(broken.limit() - 1, (byte) ~broken.get(broken.limit() - 1));
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(errorOf(client, batch("x".repeat(1000)))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
            assertThat(errorOf(client, broken)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
            assertThat(only(client.call(fetch("small", 0, 0, 1, 1000), FetchResponse.class))
                            .highWatermark())
                    .isZero();
        }
    }

    private static ErrorCode errorOf(RawClient client, ByteBuffer batch) throws Exception {
        return errorOf(client, "small", batch);
    }

    private static ErrorCode errorOf(RawClient client, String topic, ByteBuffer batch) throws Exception {
        return only(client.call(produce(topic, 1, TIMEOUT_MS, batch), ProduceResponse.class))
                .errorCode();
    }

    @Test
    void producesWithFlushAckAreAnsweredInOrder() throws Exception {
        create("forced", Map.of("flush", "ack"));
        try (RawClient client = new RawClient(fixture.port())) {
            for (int i = 0; i < 20; i++) {
                client.send(produce("forced", ACKS_ALL, TIMEOUT_MS, batch("value " + i)));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(only(client.receive(ProduceResponse.class)).baseOffset())
                        .isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2})
    void produceOfAnOldVersionIsRefusedInItsOwnForm(short version) throws Exception {
        create("old-" + version, Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            byte[] topic = ("old-" + version).getBytes(StandardCharsets.US_ASCII);
            ByteBuffer request = ByteBuffer.allocate(100).putInt(0);
            request.putShort((short) 0).putShort(version).putInt(42).putShort((short) -1);
            request.putShort((short) 1).putInt(TIMEOUT_MS).putInt(1);
            request.putShort((short) topic.length).put(topic).putInt(1).putInt(0);
            // A message set with one message in format 0, without a valid checksum.
            request.putInt(26)
                    .putLong(0)
                    .putInt(14)
                    .putInt(0)
                    .putShort((short) 0)
                    .putInt(-1)
                    .putInt(0);
            client.send(Arrays.copyOf(request.putInt(0, request.position() - 4).array(), request.position()));

            ByteBuffer expected = ByteBuffer.allocate(100);
            expected.putInt(42).putInt(1).putShort((short) topic.length).put(topic);
            expected.putInt(1).putInt(0).putShort((short) 35).putLong(-1);
            if (version >= 2) {
                expected.putLong(-1);
            }
            if (version >= 1) {
                expected.putInt(0);
            }
            assertThat(client.receiveFrame()).isEqualTo(expected.flip());
            assertThat(only(client.call(fetch("old-" + version, 0, 0, 1, 1000), FetchResponse.class))
                            .highWatermark())
                    .as("the connection stays open, and nothing was written")
                    .isZero();
        }
    }

    @Test
    void connectionIsClosedForAVersionThatIsNotAdvertised() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger faults = (Logger) LoggerFactory.getLogger(PeerFaultLog.class);
        logged.list = new CopyOnWriteArrayList<>(); // the broker logs while the test reads
        logged.start();
        faults.addAppender(logged);
        try {
            // One line per second is written, and another test may have written it.
            await().until(() -> {
                try (RawClient client = new RawClient(fixture.port())) {
                    ByteBuffer frame = ByteBuffer.allocate(18).putInt(14).putShort((short) 3);
                    frame.putShort((short) 13).putInt(42).putShort((short) 4);
                    client.send(frame.put(new byte[] {'m', 'e', '\n', '!'}).array());
                    assertThat(client.isClosedByPeer()).isTrue();
                }
                return logged.list.stream().anyMatch(event -> event.getFormattedMessage()
                        .contains("client \"me?!\" sent a METADATA request (API 3) of version 13,"
                                + " expected version 0-12"));
            });
        } finally {
            faults.detachAppender(logged);
        }
    }

    @Test
    void transactionalAndControlBatchesAreRefusedBeforeAnythingIsWritten() throws Exception {
        create("no-transactions", Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(errorOf(client, "no-transactions", withAttributes(batch(7, 0, "a"), TRANSACTIONAL)))
                    .isEqualTo(ErrorCode.INVALID_TXN_STATE);
            assertThat(errorOf(client, "no-transactions", withAttributes(batch("a"), TRANSACTIONAL)))
                    .isEqualTo(ErrorCode.INVALID_RECORD);
            assertThat(errorOf(client, "no-transactions", withAttributes(batch(7, 0, "a"), CONTROL | TRANSACTIONAL)))
                    .isEqualTo(ErrorCode.INVALID_RECORD);
            assertThat(only(client.call(fetch("no-transactions", 0, 0, 1, 1000), FetchResponse.class))
                            .highWatermark())
                    .isZero();
        }
    }

    private static ByteBuffer withAttributes(ByteBuffer batch, int attributes) {
        batch.putShort(ATTRIBUTES_AT, (short) attributes);
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES_AT, batch.limit() - ATTRIBUTES_AT));
        return batch.putInt(CRC_AT, (int) crc.getValue());
    }

    @Test
    void partitionNamedTwiceIsReadOnce() throws Exception {
        create("twice", Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            FetchRequest.Partition part = new FetchRequest.Partition(0, -1, 0, -1, -1, Integer.MAX_VALUE);
            FetchResponse fetched = client.call(
                    new FetchRequest(
                            -1,
                            Integer.MAX_VALUE,
                            Integer.MAX_VALUE,
                            Integer.MAX_VALUE,
                            List.of(
                                    new FetchRequest.Topic("twice", List.of(part)),
                                    new FetchRequest.Topic("twice", List.of(part)))),
                    FetchResponse.class);
            assertThat(only(fetched).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST);

            ListOffsetsRequest.Partition time = new ListOffsetsRequest.Partition(0, -1, 1000);
            ListOffsetsResponse found = client.call(
                    new ListOffsetsRequest(
                            -1, (byte) 0, List.of(new ListOffsetsRequest.Topic("twice", List.of(time, time)))),
                    ListOffsetsResponse.class);
            assertThat(found.topics().get(0).partitions())
                    .extracting(ListOffsetsResponse.Partition::errorCode)
                    .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void whatARequestRepeatsIsAnsweredOnce() throws Exception {
        create("repeated-name", Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            MetadataRequest.Topic topic = new MetadataRequest.Topic("repeated-name");
            MetadataRequest metadata = new MetadataRequest(Collections.nCopies(10_000, topic), false, false, false);
            assertThat(client.call(metadata, MetadataResponse.class).topics()).hasSize(1);

            DescribeConfigsRequest.Resource resource =
                    new DescribeConfigsRequest.Resource(DescribeConfigsRequest.TOPIC, "repeated-name", null);
            DescribeConfigsRequest configs =
                    new DescribeConfigsRequest(Collections.nCopies(10_000, resource), true, false);
            assertThat(client.call(configs, DescribeConfigsResponse.class).results())
                    .hasSize(1);

            OffsetFetchRequest.Group group = new OffsetFetchRequest.Group("group", null);
            OffsetFetchRequest offsets =
                    new OffsetFetchRequest("", List.of(), Collections.nCopies(10_000, group), false);
            assertThat(client.call(offsets, OffsetFetchResponse.class).groups()).hasSize(1);

            FindCoordinatorRequest coordinators =
                    new FindCoordinatorRequest("", (byte) 0, Collections.nCopies(10_000, "group"));
            assertThat(client.call(coordinators, FindCoordinatorResponse.class).coordinators())
                    .hasSize(1);
        }
    }

    @Test
    void offsetsTopicCannotBeWrittenByClients() throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            ProduceResponse answer =
                    client.call(produce("__consumer_offsets", 1, TIMEOUT_MS, batch("a")), ProduceResponse.class);

            assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        }
    }

    @Test
    void topicsAreFoundByNameAndById() throws Exception {
        create("found", Map.of());
        try (RawClient client = new RawClient(fixture.port())) {
            MetadataResponse.Topic byName = metadata(client, new MetadataRequest.Topic("found"));
            MetadataResponse.Topic byId = metadata(client, new MetadataRequest.Topic(byName.topicId(), null));

            assertThat(byId).isEqualTo(byName);
            // Java's clients leave the name empty.
            assertThat(metadata(client, new MetadataRequest.Topic(byName.topicId(), "")))
                    .isEqualTo(byName);
            assertThat(metadata(client, new MetadataRequest.Topic("not/legal")).errorCode())
                    .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        }
    }

    private static MetadataResponse.Topic metadata(RawClient client, MetadataRequest.Topic topic) throws Exception {
        return client.call(new MetadataRequest(List.of(topic), false, false, false), MetadataResponse.class)
                .topics()
                .get(0);
    }

    private static void create(String topic, Map<String, String> configs) throws Exception {
        try (RawClient client = new RawClient(fixture.port())) {
            CreateTopicsResponse answer = client.call(creation(topic, configs), CreateTopicsResponse.class);
            Optional<ErrorCode> error = answer.topics().stream()
                    .map(CreateTopicsResponse.Topic::errorCode)
                    .findFirst();
            assertThat(error).contains(ErrorCode.NONE);
        }
    }

    private static CreateTopicsRequest creation(String topic, Map<String, String> configs) {
        List<CreateTopicsRequest.Config> list = configs.entrySet().stream()
                .map(each -> new CreateTopicsRequest.Config(each.getKey(), each.getValue()))
                .toList();
        return new CreateTopicsRequest(
                List.of(new CreateTopicsRequest.Topic(topic, 1, (short) 1, List.of(), list)), TIMEOUT_MS, false);
    }
}
