package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.AbortedTransaction;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A consumer of committed records reads logs that are built by hand. */
class CommittedReadsTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final long A = 1;
    private static final long B = 2;
    private static final long IDEMPOTENT = 3;

    private final ManualTime time = new ManualTime();
    private final ScriptedNetwork network = new ScriptedNetwork();
    private final FetchingConsumer consumer = consumer(IsolationLevel.READ_COMMITTED);

    private FetchingConsumer consumer(IsolationLevel isolation) {
        network.lead(1, P0);
        FetchingConsumer created = new FetchingConsumer(
                ConsumerConfig.builder("broker:1")
                        .offsetReset(OffsetReset.LATEST)
                        .isolation(isolation)
                        .build(),
                new ConsumerNetworks(network, network, network),
                time);
        created.assign(List.of(P0));
        created.seek(P0, 0);
        return created;
    }

    private void step() {
        for (int i = 0; i < 3; i++) {
            consumer.step();
        }
    }

    private static ByteBuffer at(long baseOffset, ByteBuffer batch) {
        RecordBatch.at(batch).stamp(baseOffset, 1);
        return batch;
    }

    private static ByteBuffer data(long producer, boolean transactional, long baseOffset, int records) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 100_000);
        for (int i = 0; i < records; i++) {
            builder.append(0, null, new byte[1], List.of());
        }
        builder.producer(producer, (short) 0, 0);
        if (transactional) {
            builder.transactional();
        }
        return at(baseOffset, builder.build());
    }

    private static ByteBuffer data(long producer, long baseOffset, int records) {
        return data(producer, true, baseOffset, records);
    }

    private static ByteBuffer marker(long producer, long offset, boolean commit) {
        return at(offset, new EndTransactionMarker(producer, (short) 1, commit, 0).toBatch(0));
    }

    /** A batch whose last records compaction has removed. */
    private static ByteBuffer compacted(long producer, long baseOffset, int records, int offsets) {
        ByteBuffer batch = data(producer, baseOffset, records);
        batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, offsets - 1);
        RecordBatch.at(batch).stampProducer(producer, (short) 0, 0);
        return batch;
    }

    private List<Long> read(List<AbortedTransaction> aborted, ByteBuffer... batches) {
        step();
        network.only()
                .answer(new FetchResponse(List.of(new FetchResponse.Topic("t", List.of(answer(aborted, batches))))));
        step();
        return consumer.poll(Duration.ZERO).stream().map(ConsumerRecord::offset).toList();
    }

    private static FetchResponse.Partition answer(List<AbortedTransaction> aborted, ByteBuffer... batches) {
        ByteBuffer whole = ByteBuffer.allocate(100_000);
        for (ByteBuffer batch : batches) {
            whole.put(batch.duplicate());
        }
        FetchResponse.Partition read = FetchResponse.Partition.read(0, 1000, 0, RecordsPayload.of(whole.flip()));
        return new FetchResponse.Partition(
                0,
                ErrorCode.NONE,
                read.highWatermark(),
                read.lastStableOffset(),
                0,
                aborted,
                read.preferredReadReplica(),
                read.records(),
                read.divergingEpoch(),
                read.currentLeader(),
                read.snapshotId());
    }

    @Test
    void requestsNameTheIsolationLevel() {
        step();
        assertThat(network.only().as(FetchRequest.class).isolationLevel()).isEqualTo(FetchRequest.READ_COMMITTED);
        consumer.seekToEnd(List.of(P0));
        step();
        ListOffsetsRequest lookup = network.only().as(ListOffsetsRequest.class);
        assertThat(lookup.isolationLevel()).isEqualTo(FetchRequest.READ_COMMITTED);
    }

    @Test
    void abortedRecordsOfInterleavedTransactionsAreLeftOut() {
        List<Long> read = read(
                List.of(new AbortedTransaction(A, 0)),
                data(A, 0, 2),
                data(B, 2, 2),
                data(A, 4, 1),
                data(IDEMPOTENT, false, 5, 1),
                marker(A, 6, false),
                data(A, 7, 1),
                marker(B, 8, true),
                marker(A, 9, true));
        assertThat(read).containsExactly(2L, 3L, 5L, 7L);
        assertThat(consumer.position(P0)).isEqualTo(10);
    }

    @Test
    void positionMovesOverAbortedRecordsAndMarkersAlone() {
        assertThat(read(List.of(new AbortedTransaction(A, 0)), data(A, 0, 3), marker(A, 3, false)))
                .isEmpty();
        assertThat(consumer.position(P0)).isEqualTo(4);
        step();
        assertThat(network.asked()
                        .get(0)
                        .as(FetchRequest.class)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .fetchOffset())
                .isEqualTo(4);
    }

    @Test
    void abortedTransactionThatBeganBeforeTheFetchOffsetIsLeftOut() {
        consumer.seek(P0, 12);
        assertThat(read(
                        List.of(new AbortedTransaction(A, 3)),
                        data(A, 10, 5),
                        data(B, 15, 1),
                        marker(A, 16, false),
                        marker(B, 17, true)))
                .containsExactly(15L);
    }

    @Test
    void producersNextTransactionIsCommittedThoughOneBeforeAndOneAfterAreAborted() {
        List<Long> read = read(
                List.of(new AbortedTransaction(A, 4), new AbortedTransaction(A, 0)),
                data(A, 0, 1),
                marker(A, 1, false),
                data(A, 2, 1),
                marker(A, 3, true),
                data(A, 4, 1),
                marker(A, 5, false));
        assertThat(read).containsExactly(2L);
    }

    @Test
    void recordsThatCompactionHasRemovedLeaveNoGapInTheFilter() {
        List<Long> read = read(
                List.of(new AbortedTransaction(A, 20)),
                compacted(B, 0, 1, 10),
                marker(B, 15, true),
                compacted(A, 20, 1, 5),
                marker(A, 30, false),
                data(B, 40, 1),
                marker(B, 41, true));
        assertThat(read).containsExactly(0L, 40L);
        assertThat(consumer.position(P0)).isEqualTo(42);
    }

    @Test
    void idempotentRecordsOfAnAbortedProducerIdAreReturned() {
        assertThat(read(
                        List.of(new AbortedTransaction(A, 0)),
                        data(A, false, 0, 1),
                        data(A, 1, 1),
                        marker(A, 2, false)))
                .containsExactly(0L);
    }

    @Test
    void corruptMarkerOfAnAbortedTransactionFailsThePoll() {
        ByteBuffer damaged = marker(A, 1, false);
        damaged.put(damaged.limit() - 1, (byte) 99);
        assertThat(read(List.of(new AbortedTransaction(A, 0)), data(A, 0, 1), damaged))
                .isEmpty();
        assertThatThrownBy(() -> read(List.of(new AbortedTransaction(A, 1)), damaged))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("CRC");
    }

    @Test
    void readerOfAllRecordsGetsAbortedOnesToo() {
        FetchingConsumer all = consumer(IsolationLevel.READ_UNCOMMITTED);
        for (int i = 0; i < 3; i++) {
            all.step();
        }
        assertThat(network.asked().get(0).as(FetchRequest.class).isolationLevel())
                .isZero();
        network.only()
                .answer(new FetchResponse(List.of(
                        new FetchResponse.Topic("t", List.of(answer(List.of(), data(A, 0, 2), marker(A, 2, false)))))));
        for (int i = 0; i < 3; i++) {
            all.step();
        }
        assertThat(all.poll(Duration.ZERO)).hasSize(2);
        assertThat(all.position(P0)).isEqualTo(3);
    }

    /** Transactions of several producers, each committed or aborted at random, fetched in random parts. */
    @Test
    void randomHistoriesReadAsTheyWereDecided() {
        long seed = new Random().nextLong();
        for (int history = 0; history < 200; history++) {
            readHistory(new Random(seed + history), "seed " + (seed + history));
        }
    }

    private record Entry(long producer, ByteBuffer batch, boolean marker) {}

    private static void readHistory(Random random, String name) {
        List<Entry> log = new ArrayList<>();
        List<Long> committed = new ArrayList<>();
        List<long[]> aborts = new ArrayList<>();
        TreeMap<Long, Long> open = new TreeMap<>();
        TreeMap<Long, List<Long>> pending = new TreeMap<>();
        long offset = 0;
        for (int i = 0; i < 40 || !open.isEmpty(); i++) {
            long producer = 1L + random.nextInt(3);
            if (i < 40 && random.nextInt(3) > 0) {
                int records = 1 + random.nextInt(3);
                open.putIfAbsent(producer, offset);
                log.add(new Entry(producer, data(producer, offset, records), false));
                for (int r = 0; r < records; r++) {
                    pending.computeIfAbsent(producer, first -> new ArrayList<>())
                            .add(offset + r);
                }
                offset += records + random.nextInt(2);
            } else if (open.containsKey(producer)) {
                boolean commit = random.nextBoolean();
                log.add(new Entry(producer, marker(producer, offset, commit), true));
                if (commit) {
                    committed.addAll(pending.getOrDefault(producer, List.of()));
                } else {
                    aborts.add(new long[] {producer, open.getOrDefault(producer, 0L), offset});
                }
                pending.remove(producer);
                open.remove(producer);
                offset++;
            }
        }
        List<Long> read = new ArrayList<>();
        int next = 0;
        while (next < log.size()) {
            int end = Math.min(log.size(), next + 1 + random.nextInt(8));
            long from = RecordBatch.at(log.get(next).batch()).baseOffset();
            long to = RecordBatch.at(log.get(end - 1).batch()).nextOffset();
            AbortedTransactions filter = AbortedTransactions.of(aborts.stream()
                    .filter(abort -> abort[1] < to && abort[2] >= from)
                    .map(abort -> new AbortedTransaction(abort[0], abort[1]))
                    .toList());
            for (Entry entry : log.subList(next, end)) {
                RecordBatch batch = RecordBatch.at(entry.batch());
                if (!filter.contain(batch) && !entry.marker()) {
                    for (long each = batch.baseOffset(); each <= batch.lastOffset(); each++) {
                        read.add(each);
                    }
                }
            }
            next = end;
        }
        assertThat(read).as(name).containsExactlyInAnyOrderElementsOf(committed);
    }
}
