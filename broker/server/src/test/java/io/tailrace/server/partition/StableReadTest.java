package io.tailrace.server.partition;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.transactional;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.AppendResult;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.replication.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers of committed records get from a partition. */
class StableReadTest {
    private static final int PRODUCER = 9;

    private TwoReplicas replicas;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        replicas = new TwoReplicas(directory);
    }

    @AfterEach
    void close() throws IOException {
        replicas.close();
    }

    @Test
    void readersOfCommittedRecordsStopAtAnOpenTransaction() throws IOException {
        replicas.partition().append(batch("plain"), Replica.ANY_EPOCH, true);
        begin(0);
        replicas.partition().append(batch("behind"), Replica.ANY_EPOCH, true);
        replicas.followerFetches(3);

        assertThat(offsets(true)).containsExactly(0L);
        assertThat(offsets(false)).containsExactly(0L, 1L, 2L);
        assertThat(replicas.partition().lastStableOffset(3)).isEqualTo(1);
    }

    @Test
    void aTransactionEndsForReadersOnceItsMarkerIsCommitted() throws IOException {
        begin(0);
        end(1, true);
        replicas.followerFetches(1);
        assertThat(offsets(true)).isEmpty();

        replicas.followerFetches(2);

        assertThat(offsets(true)).containsExactly(0L, 1L);
    }

    @Test
    void readersLearnWhichTransactionsWereAborted() throws IOException {
        begin(0);
        end(1, false);
        begin(1);
        end(2, true);
        replicas.followerFetches(4);

        Read read = replicas.partition().read(new ConsumerFetch(0, Replica.ANY_EPOCH, true), 1 << 20, true);
        try (LogSlice slice = read.slice()) {
            assertThat(slice).isNotNull();
            Read.Transactions transactions = Objects.requireNonNull(read.transactions());
            assertThat(transactions.lastStableOffset()).isEqualTo(4);
            assertThat(transactions.aborted()).hasSize(1).allSatisfy(aborted -> {
                assertThat(aborted.producerId()).isEqualTo(PRODUCER);
                assertThat(aborted.firstOffset()).isZero();
            });
        }
    }

    @Test
    void aReadAboveTheLastStableOffsetIsEmptyAndInRange() throws IOException {
        begin(0);
        replicas.partition().append(batch("behind"), Replica.ANY_EPOCH, true);
        replicas.followerFetches(2);

        Read read = replicas.partition().read(new ConsumerFetch(1, Replica.ANY_EPOCH, true), 1 << 20, true);

        assertThat(read.error()).isEqualTo(ErrorCode.NONE);
        assertThat(read.sizeInBytes()).isZero();
    }

    @Test
    void producersAreShownWithTheirOpenTransaction() {
        replicas.partition().append(batch("plain"), Replica.ANY_EPOCH, true);
        begin(0);
        assertThat(replicas.partition().producers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(PRODUCER);
            assertThat(producer.lastSequence()).isZero();
            assertThat(producer.transactionFrom()).isEqualTo(1);
        });

        end(1, true);

        assertThat(replicas.partition().producers()).singleElement().satisfies(producer -> {
            assertThat(producer.epoch()).isEqualTo((short) 1);
            assertThat(producer.coordinatorEpoch()).isZero();
            assertThat(producer.transactionFrom()).isEqualTo(-1);
        });
    }

    private void begin(int epoch) {
        AppendResult first = replicas.partition()
                .append(transactional(PRODUCER, epoch, 0, "in it"), Replica.ANY_EPOCH, true)
                .result();
        assertThat(first).isInstanceOf(AppendResult.Unverified.class);
        long verification = ((AppendResult.Unverified) first).verification();
        LeaderWrite verified = new LeaderWrite.Batch(transactional(PRODUCER, epoch, 0, "in it"), verification);
        AppendResult second =
                replicas.partition().append(verified, Replica.ANY_EPOCH, true).result();
        assertThat(second).isInstanceOf(AppendResult.Appended.class);
    }

    private void end(int epoch, boolean isCommit) {
        EndTransactionMarker marker = new EndTransactionMarker(PRODUCER, (short) epoch, isCommit, 0);
        Append append = replicas.partition().append(new LeaderWrite.Marker(marker, true), Replica.ANY_EPOCH, true);
        assertThat(append.result()).isInstanceOf(AppendResult.Appended.class);
    }

    /** The first offsets of all batches that a consumer gets, over as many reads as it takes. */
    private List<Long> offsets(boolean isCommitted) throws IOException {
        List<Long> offsets = new ArrayList<>();
        long next = 0;
        while (true) {
            Read read = replicas.partition().read(new ConsumerFetch(next, Replica.ANY_EPOCH, isCommitted), 1, true);
            try (LogSlice slice = read.slice()) {
                if (slice == null || slice.isEmpty()) {
                    return offsets;
                }
                RecordBatch batch = RecordBatch.at(slice.toBuffer());
                offsets.add(batch.baseOffset());
                next = batch.nextOffset();
            }
        }
    }
}
