package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FetchingConsumerTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);

    private final ManualTime time = new ManualTime();
    private final ScriptedNetwork network = new ScriptedNetwork();

    private FetchingConsumer consumer(ConsumerConfig.Builder config) {
        network.lead(1, P0);
        FetchingConsumer consumer =
                new FetchingConsumer(config.build(), new ConsumerNetworks(network, network, network), time);
        consumer.assign(List.of(P0));
        consumer.seek(P0, 0);
        step(consumer);
        return consumer;
    }

    private static ConsumerConfig.Builder config() {
        return ConsumerConfig.builder("broker:1").offsetReset(OffsetReset.NONE);
    }

    private void step(FetchingConsumer consumer) {
        for (int i = 0; i < 3; i++) {
            consumer.step();
        }
    }

    private static ByteBuffer batch(long baseOffset, int records, CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, 100_000);
        for (int i = 0; i < records; i++) {
            builder.append(0, null, new byte[] {(byte) (baseOffset + i)}, List.of());
        }
        ByteBuffer bytes = builder.build();
        RecordBatch.at(bytes).stamp(baseOffset, 1);
        return bytes;
    }

    private static ByteBuffer joined(ByteBuffer... parts) {
        ByteBuffer whole = ByteBuffer.allocate(10_000);
        for (ByteBuffer part : parts) {
            whole.put(part.duplicate());
        }
        return whole.flip();
    }

    private void answer(FetchingConsumer consumer, ByteBuffer bytes) {
        network.only().answer(response(FetchResponse.Partition.read(0, 100, 0, RecordsPayload.of(bytes))));
        step(consumer);
    }

    private static FetchResponse response(FetchResponse.Partition partition) {
        return new FetchResponse(List.of(new FetchResponse.Topic("t", List.of(partition))));
    }

    private FetchRequest.Partition fetched() {
        assertThat(network.asked()).hasSize(1);
        return network.asked()
                .get(0)
                .as(FetchRequest.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    private static List<Long> poll(FetchingConsumer consumer) {
        return consumer.poll(Duration.ZERO).stream().map(ConsumerRecord::offset).toList();
    }

    @Test
    void fetchNamesTheLeaderEpochAndContinuesAfterBufferedRecords() {
        FetchingConsumer consumer = consumer(config());
        assertThat(fetched().currentLeaderEpoch()).isEqualTo(1);
        answer(consumer, batch(0, 3, CompressionType.NONE));
        assertThat(fetched().fetchOffset()).as("reads ahead").isEqualTo(3);
        assertThat(consumer.position(P0)).isZero();
        assertThat(poll(consumer)).containsExactly(0L, 1L, 2L);
        assertThat(consumer.position(P0)).isEqualTo(3);
    }

    @Test
    void recordsBelowThePositionAreSkipped() {
        FetchingConsumer consumer = consumer(config());
        consumer.seek(P0, 2);
        network.asked().clear();
        FetchingConsumer fresh = consumer(config());
        fresh.seek(P0, 2);
        answer(fresh, batch(9, 1, CompressionType.NONE));
        assertThat(poll(fresh)).as("an answer to before the seek").isEmpty();
        time.advanceMs(1_000);
        step(fresh);
        assertThat(fetched().fetchOffset()).isEqualTo(2);
        answer(fresh, batch(0, 5, CompressionType.ZSTD));
        assertThat(poll(fresh)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void incompleteBatchIsFetchedAgain() {
        FetchingConsumer consumer = consumer(config());
        ByteBuffer bytes = joined(batch(0, 2, CompressionType.NONE), batch(2, 2, CompressionType.NONE));
        answer(consumer, bytes.slice(0, bytes.remaining() - 1));
        assertThat(poll(consumer)).containsExactly(0L, 1L);
        assertThat(fetched().fetchOffset()).isEqualTo(2);
    }

    @Test
    void responseWithoutAWholeBatchFailsThePoll() {
        FetchingConsumer consumer = consumer(config());
        answer(consumer, batch(0, 2, CompressionType.NONE).limit(40).slice());
        assertThatThrownBy(() -> poll(consumer)).hasMessageContaining("max.partition.fetch.bytes");
    }

    @Test
    void corruptBatchFailsThePollAfterTheRecordsBeforeItAndIsFetchedAgain() {
        FetchingConsumer consumer = consumer(config());
        ByteBuffer bytes = joined(batch(0, 2, CompressionType.NONE), batch(2, 2, CompressionType.NONE));
        bytes.put(bytes.limit() - 2, (byte) 99);
        answer(consumer, bytes);
        assertThat(poll(consumer)).containsExactly(0L, 1L);
        assertThatThrownBy(() -> poll(consumer)).isInstanceOfSatisfying(ClientException.class, e -> {
            assertThat(e.errorCode()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
            assertThat(e).hasMessageContaining("CRC").hasMessageContaining("offset 2");
        });
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        step(consumer);
        assertThat(fetched().fetchOffset()).isEqualTo(2);
        answer(consumer, batch(2, 2, CompressionType.NONE));
        assertThat(poll(consumer)).containsExactly(2L, 3L);
    }

    @Test
    void controlBatchIsSkippedAndThePositionMovesPastIt() {
        FetchingConsumer consumer = consumer(config());
        ByteBuffer control = batch(0, 1, CompressionType.NONE);
        control.putShort(RecordBatch.ATTRIBUTES_AT, (short) 0x30);
        RecordBatch.at(control).stampMaxTimestamp(0);
        answer(consumer, joined(control, batch(1, 1, CompressionType.NONE)));
        assertThat(poll(consumer)).containsExactly(1L);
        answer(consumer, control.putLong(0, 2).slice());
        assertThat(poll(consumer)).isEmpty();
        assertThat(consumer.position(P0)).isEqualTo(3);
    }

    @Test
    void pollReturnsAtMostMaxPollRecords() {
        FetchingConsumer consumer = consumer(config().pollRecordsMax(2));
        answer(consumer, batch(0, 5, CompressionType.LZ4));
        assertThat(poll(consumer)).containsExactly(0L, 1L);
        assertThat(consumer.position(P0)).isEqualTo(2);
        assertThat(poll(consumer)).containsExactly(2L, 3L);
        assertThat(poll(consumer)).containsExactly(4L);
    }

    @Test
    void readAheadStopsAtItsBoundAndContinuesWhenPolled() {
        FetchingConsumer consumer = consumer(config().partitionFetchBytesMax(10));
        answer(consumer, batch(0, 5, CompressionType.NONE));
        assertThat(network.asked()).isEmpty();
        assertThat(poll(consumer)).hasSize(5);
        step(consumer);
        assertThat(fetched().fetchOffset()).isEqualTo(5);
    }

    @Test
    void fetchFollowsTheLeader() {
        FetchingConsumer consumer = consumer(config());
        network.lead(2, P0);
        for (int i = 0; i < 2; i++) {
            network.only().answer(response(FetchResponse.Partition.refused(0, ErrorCode.FENCED_LEADER_EPOCH)));
            step(consumer);
            time.advanceMs(2_000);
            step(consumer);
        }
        assertThat(network.asked().get(0).broker()).isEqualTo(ScriptedNetwork.address(2));
        assertThat(fetched().currentLeaderEpoch()).isEqualTo(2);
    }

    /** The topic's leader epoch begins with 1 again; metadata of an older epoch is believed, because the topic is another one. */
    private FetchingConsumer consumerOfATopicThatIsCreatedAgain(ConsumerConfig.Builder config) {
        FetchingConsumer consumer = consumer(config);
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        consumer.seek(P0, 500);
        for (int epoch = 2; epoch < 5; epoch++) {
            network.lead(2, P0);
        }
        time.advanceMs(400_000);
        step(consumer);
        network.recreate(P0);
        network.only().answer(response(FetchResponse.Partition.refused(0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)));
        step(consumer);
        assertThat(network.asked()).as("before the topic is looked up").isEmpty();
        time.advanceMs(2_000);
        step(consumer);
        return consumer;
    }

    @Test
    void aTopicThatIsCreatedAgainIsReadFromItsBeginning() {
        FetchingConsumer consumer = consumerOfATopicThatIsCreatedAgain(config().offsetReset(OffsetReset.LATEST));
        answerOffsets(0, 800);
        time.advanceMs(2_000);
        step(consumer);
        assertThat(fetched().fetchOffset()).isZero();
        assertThat(fetched().currentLeaderEpoch()).isEqualTo(1);
        assertThat(network.only().broker()).isEqualTo(ScriptedNetwork.address(1));
    }

    @Test
    void aTopicThatIsCreatedAgainFailsThePollIfNothingMayBeReset() {
        FetchingConsumer consumer = consumerOfATopicThatIsCreatedAgain(config());
        assertThatThrownBy(() -> poll(consumer)).hasMessageContaining("deleted and created again");
    }

    @Test
    void metadataIsNotAskedForTopicsThatAreNoLongerRead() {
        FetchingConsumer consumer = consumer(config());
        TopicPartition other = new TopicPartition("other", 0);
        network.lead(1, other);
        consumer.assign(List.of(other));
        time.advanceMs(400_000);
        step(consumer);
        assertThat(network.metadataRequests()
                        .get(network.metadataRequests().size() - 1)
                        .topics())
                .containsExactly(new MetadataRequest.Topic("other"));
    }

    @Test
    void positionOutOfTheLogFailsThePollWithTheLogsRange() {
        FetchingConsumer consumer = consumer(config());
        network.only().answer(response(FetchResponse.Partition.refused(0, ErrorCode.OFFSET_OUT_OF_RANGE)));
        step(consumer);
        answerOffsets(10, 20);
        step(consumer);
        assertThatThrownBy(() -> poll(consumer)).isInstanceOfSatisfying(OffsetOutOfRangeException.class, e -> {
            assertThat(e.position()).isZero();
            assertThat(e.logStartOffset()).isEqualTo(10);
            assertThat(e.highWatermark()).isEqualTo(20);
        });
        consumer.seek(P0, 10);
        network.asked().clear();
        step(consumer);
        assertThat(fetched().fetchOffset()).isEqualTo(10);
    }

    @Test
    void positionOutOfTheLogIsResetAsThePolicySays() {
        FetchingConsumer consumer = consumer(config().offsetReset(OffsetReset.EARLIEST));
        network.only().answer(response(FetchResponse.Partition.refused(0, ErrorCode.OFFSET_OUT_OF_RANGE)));
        step(consumer);
        answerOffsets(10, 20);
        step(consumer);
        assertThat(consumer.position(P0)).isEqualTo(10);
    }

    private void answerOffsets(long earliest, long latest) {
        for (Asked asked : List.copyOf(network.asked())) {
            long timestamp = asked.as(ListOffsetsRequest.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0)
                    .timestamp();
            long offset = timestamp == ListOffsetsRequest.EARLIEST ? earliest : latest;
            asked.answer(new ListOffsetsResponse(
                    0,
                    List.of(new ListOffsetsResponse.Topic(
                            "t", List.of(new ListOffsetsResponse.Partition(0, ErrorCode.NONE, -1, offset, 1))))));
        }
        network.asked().clear();
    }

    @Test
    void fatalFetchErrorFailsThePoll() {
        FetchingConsumer consumer = consumer(config());
        network.only().fail(ErrorCode.UNSUPPORTED_VERSION);
        step(consumer);
        assertThatThrownBy(() -> consumer.poll(Duration.ZERO))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.errorCode())
                        .isEqualTo(ErrorCode.UNSUPPORTED_VERSION));
    }

    @Test
    void coordinatorIsLookedUpAtAnotherBrokerAfterAFailure() {
        FetchingConsumer consumer = consumer(config().group("g"));
        network.asked().clear();
        Thread commit = new Thread(
                () -> assertThatThrownBy(() -> consumer.commit(Map.of(P0, 1L))).isInstanceOf(ClientException.class));
        commit.start();
        Awaitility.await().until(() -> network.asked().size() == 1);
        Asked first = network.only();
        first.fail(ErrorCode.NETWORK_EXCEPTION);
        Awaitility.await().until(() -> network.asked().size() == 1);
        Asked second = network.only();
        assertThat(second.request()).isInstanceOf(FindCoordinatorRequest.class);
        assertThat(second.broker()).isNotEqualTo(first.broker());
        second.fail(ErrorCode.GROUP_AUTHORIZATION_FAILED);
        Awaitility.await().until(() -> !commit.isAlive());
    }

    @Test
    void wakeupEndsAWaitingPoll() {
        FetchingConsumer consumer = consumer(config());
        consumer.wakeup();
        assertThat(consumer.poll(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void commitWithoutAGroupIsRefused() {
        FetchingConsumer consumer = consumer(config());
        assertThatThrownBy(() -> consumer.committed(List.of(P0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("group.id");
    }
}
