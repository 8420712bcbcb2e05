package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.replication.Replica;
import io.tailrace.server.shard.Words.Committed;
import io.tailrace.server.shard.Words.End;
import io.tailrace.server.shard.Words.Newest;
import io.tailrace.server.shard.Words.Put;
import io.tailrace.server.shard.Words.PutInTransaction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions that belong to transactions of producers. */
class ShardTransactionTest {
    private static final long PRODUCER = 11;

    private ShardFixture shard;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        shard = new ShardFixture(directory);
        shard.leadLoaded();
    }

    @AfterEach
    void stop() throws Exception {
        shard.close();
    }

    @Test
    void theFirstRecordsOfATransactionNeedAVerification() {
        List<String> asked = shard.submit(put("a", "1"));

        assertThat(asked).singleElement().asString().matches("-?\\d+");
        assertThat(shard.partition().logEndOffset()).isZero();
        putVerified("a", "1");
        // Its transaction is open now.
        List<String> answers = shard.submit(put("b", "2"));
        assertThat(answers).isEmpty();
        shard.followerFetchesAll();
        assertThat(answers).containsExactly("stored");
    }

    @Test
    void recordsCountOnceTheirMarkerIsCommitted() {
        putVerified("a", "1");
        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest("a"))).containsExactly("");
        assertThat(lastStableOffset()).isZero();

        List<String> answers = shard.submit(new End(marker(1, true)));
        assertThat(answers).isEmpty();
        assertThat(shard.ask(new Committed("a"))).isEmpty();
        shard.followerFetchesAll();
        assertThat(answers).containsExactly("ended");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(lastStableOffset()).isEqualTo(2);
    }

    @Test
    void recordsOfAnAbortedTransactionDoNotCount() {
        putVerified("a", "1");
        shard.submit(new End(marker(1, false)));
        shard.submit(new Put("b", "2"));
        shard.followerFetchesAll();

        assertThat(shard.submit(new Newest("a"))).containsExactly("");
        assertThat(shard.submit(new Newest("b"))).containsExactly("2");
    }

    @Test
    void aNewCoordinatorKnowsWhatIsPendingAndWhatHasEnded() {
        putVerified("a", "1");
        shard.submit(new Put("b", "2"));
        reload();
        assertThat(shard.submit(new Newest("a"))).containsExactly("");

        shard.submit(put("c", "3"));
        shard.submit(new End(marker(1, true)));
        shard.followerFetchesAll();
        reload();
        assertThat(shard.submit(new Newest("a"))).containsExactly("1");
        assertThat(shard.submit(new Newest("b"))).containsExactly("2");
        assertThat(shard.submit(new Newest("c"))).containsExactly("3");
        assertThat(shard.hosts().statuses().get(0).lastLoad().skipped()).isZero();
    }

    private void reload() {
        shard.followerFetchesAll();
        shard.follow();
        shard.leadLoaded();
    }

    @Test
    void aRepeatedMarkerIsNotAppendedAndAnsweredOnceEverythingIsCommitted() {
        putVerified("a", "1");
        shard.submit(new End(marker(1, true)));
        long end = shard.partition().logEndOffset();

        List<String> answers = shard.submit(new End(marker(1, true)));
        assertThat(shard.partition().logEndOffset()).isEqualTo(end);
        assertThat(answers).isEmpty();
        shard.followerFetchesAll();
        assertThat(answers).containsExactly("ended");
        shard.submit(new Put("b", "2"));
        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("b"))).isEqualTo("2");
    }

    @Test
    void aMarkerOfAnEarlierEpochOrCoordinatorIsRefused() {
        putVerified("a", "1");
        assertThat(shard.submit(new End(marker(0, true)))).containsExactly("INVALID_PRODUCER_EPOCH");
        shard.submit(new End(marker(1, true)));
        assertThat(shard.submit(new End(new EndTransactionMarker(PRODUCER, (short) 2, true, 2))))
                .containsExactly("TRANSACTION_COORDINATOR_FENCED");
        assertThat(shard.submit(put("a", "1"))).containsExactly("INVALID_PRODUCER_EPOCH");
    }

    @Test
    void aMarkerBetweenQuestionAndAppendVoidsTheVerification() {
        OptionalLong verification = verification(put("a", "1"));
        shard.submit(new End(marker(0, false)));

        assertThat(shard.submit(new PutInTransaction(PRODUCER, "a", "1", verification)))
                .singleElement()
                .asString()
                .matches("-?\\d+");
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
    }

    @Test
    void batchesHaveNoSequenceAndAreNeverTakenForEachOther() throws Exception {
        putVerified("a", "1");
        assertThat(shard.submit(put("a", "2"))).isEmpty();
        assertThat(shard.submit(put("a", "3"))).isEmpty();

        assertThat(batches())
                .hasSize(3)
                .allMatch(batch -> batch.isTransactional()
                        && batch.producerId() == PRODUCER
                        && batch.baseSequence() == RecordBatch.NO_SEQUENCE);
        shard.submit(new End(marker(1, true)));
        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("3");
    }

    @Test
    void aMarkerAfterAForeignRecordLoadsTheShardAgain() {
        putVerified("a", "1");
        shard.partition().append(ShardLoadTest.batch("b", "2"), Replica.ANY_EPOCH, true);

        assertThat(shard.submit(new End(marker(1, true)))).containsExactly("COORDINATOR_LOAD_IN_PROGRESS");
        shard.followerFetchesAll();
        shard.submit(new End(marker(1, true)));
        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(shard.ask(new Committed("b"))).isEqualTo("2");
    }

    private List<RecordBatch> batches() throws Exception {
        List<RecordBatch> batches = new ArrayList<>();
        long end = shard.partition().logEndOffset();
        for (long next = 0; next < end; next = batches.get(batches.size() - 1).nextOffset()) {
            try (LogSlice slice = shard.partition().readOwn(next, 1 << 20, end)) {
                ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
                slice.read(bytes, 0);
                RecordBatches.of(bytes.flip()).forEach(batches::add);
            }
        }
        return batches;
    }

    private long lastStableOffset() {
        return shard.replicas()
                .log()
                .lastStableOffset(shard.partition().replica().log().highWatermark());
    }

    private void putVerified(String key, String value) {
        PutInTransaction put = put(key, value);
        List<String> answers = shard.submit(new PutInTransaction(PRODUCER, key, value, verification(put)));
        assertThat(answers).as("refusals").isEmpty();
    }

    private OptionalLong verification(PutInTransaction put) {
        return OptionalLong.of(Long.parseLong(shard.submit(put).get(0)));
    }

    private static PutInTransaction put(String key, String value) {
        return new PutInTransaction(PRODUCER, key, value, OptionalLong.empty());
    }

    private static EndTransactionMarker marker(int epoch, boolean isCommit) {
        return new EndTransactionMarker(PRODUCER, (short) epoch, isCommit, 3);
    }
}
