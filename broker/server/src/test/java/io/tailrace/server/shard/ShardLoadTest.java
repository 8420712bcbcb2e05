package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.replication.Replica;
import io.tailrace.server.shard.Words.Committed;
import io.tailrace.server.shard.Words.Newest;
import io.tailrace.server.shard.Words.Put;
import io.tailrace.server.shard.Words.Wait;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a shard comes with leadership, and goes with it. */
class ShardLoadTest {
    private ShardFixture shard;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        shard = new ShardFixture(directory);
    }

    @AfterEach
    void stop() throws Exception {
        shard.close();
    }

    @Test
    void aBrokerThatDoesNotLeadIsNoCoordinator() {
        shard.follow();

        assertThat(shard.submit(new Newest("a"))).containsExactly("NOT_COORDINATOR");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("NOT_COORDINATOR");
        List<List<String>> all = new ArrayList<>();
        shard.hosts().queryAll(new Committed("a"), all::add);
        assertThat(all).containsExactly(List.of());
    }

    @Test
    void aShardThatIsLoadingSaysSo() {
        shard.lead();

        List<String> answers = new ArrayList<>();
        var unused = shard.submit(new Newest("a"), answers);
        assertThat(answers).containsExactly("COORDINATOR_LOAD_IN_PROGRESS");
        List<List<String>> all = new ArrayList<>();
        shard.hosts().queryAll(new Committed("a"), all::add);
        assertThat(all).containsExactly(List.of("COORDINATOR_LOAD_IN_PROGRESS"));
        assertThat(shard.hosts().statuses()).extracting(ShardStatus::active).containsExactly(false);

        shard.run();
        assertThat(shard.submit(new Newest("a"))).containsExactly("");
        assertThat(shard.hosts().statuses()).extracting(ShardStatus::active).containsExactly(true);
    }

    @Test
    void aNewCoordinatorKnowsWhatTheLogHas() {
        shard.leadLoaded();
        shard.submit(new Put("a", "1"));
        shard.submit(new Put("a", "2"));
        shard.submit(new Put("b", "3"));
        shard.followerFetchesAll();

        shard.follow();
        shard.leadLoaded();

        assertThat(shard.submit(new Newest("a"))).containsExactly("2");
        assertThat(shard.ask(new Committed("b"))).isEqualTo("3");
        assertThat(shard.hosts().statuses())
                .extracting(ShardStatus::records, ShardStatus::skipped)
                .containsExactly(tuple(3L, 0L));
    }

    /** The former leader may have answered with the last record, which is not known to be committed here. */
    @Test
    void nothingIsAnsweredBeforeTheHighWatermarkHasReachedWhatWasLoaded() {
        shard.leadLoaded();
        shard.submit(new Put("a", "1"));
        shard.lead();
        shard.run();

        assertThat(shard.ask(new Committed("a"))).isEqualTo("COORDINATOR_LOAD_IN_PROGRESS");

        shard.followerFetchesAll();
        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
    }

    @Test
    void rulesThatFailOnALoadedStateCostTheirShardOnly() {
        shard.leadLoaded();
        shard.submit(new Put(Words.FAILS_WHEN_LOADED, "1"));
        shard.followerFetchesAll();
        shard.lead();
        shard.run();
        shard.followerFetchesAll();

        assertThat(shard.ask(new Committed("a"))).isEqualTo("COORDINATOR_LOAD_IN_PROGRESS");
        assertThat(shard.alarmsSet()).as("it is tried again").isEqualTo(1);
        assertThat(shard.hosts().statuses()).extracting(ShardStatus::state).containsExactly(ShardStatus.State.FAILED);
        shard.pass(60_000);
        assertThat(shard.ask(new Committed("a"))).isEqualTo("COORDINATOR_LOAD_IN_PROGRESS");
    }

    @Test
    void aRecordThatTheRulesFailOnIsSkipped() {
        shard.leadLoaded();
        shard.submit(new Put("a", "1"));
        shard.submit(new Put(Words.FAILS_WHEN_REPLAYED, "1"));
        shard.followerFetchesAll();
        shard.lead();
        shard.run();
        shard.followerFetchesAll();

        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(shard.hosts().statuses()).extracting(ShardStatus::skipped).containsExactly(1L);
    }

    @Test
    void requestsThatWaitAreAnsweredWhenLeadershipEnds() {
        shard.leadLoaded();
        List<String> kept = shard.submit(new Wait());
        List<String> parked = shard.submit(new Put("a", "1"));
        List<String> queued = new ArrayList<>();
        var unused = shard.submit(new Put("a", "1"), queued);

        shard.follow();
        shard.run();

        assertThat(kept).containsExactly("NOT_COORDINATOR");
        assertThat(parked).containsExactly("NOT_COORDINATOR");
        assertThat(queued).containsExactly("NOT_COORDINATOR");
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
        assertThat(shard.requestsOpen()).isZero();
        assertThat(shard.alarmsSet()).isZero();
    }

    @Test
    void aLogThatHasMovedOnWithoutTheShardIsLoadedAgain() throws Exception {
        shard.leadLoaded();
        List<String> kept = shard.submit(new Wait());
        append(batch("a", "foreign"));

        assertThat(shard.submit(new Put("b", "1"))).containsExactly("COORDINATOR_LOAD_IN_PROGRESS");
        assertThat(shard.partition().logEndOffset()).isEqualTo(1);
        assertThat(kept).containsExactly("NOT_COORDINATOR");

        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest("a"))).containsExactly("foreign");
    }

    @Test
    void aDecisionThatTheStateDoesNotUnderstandIsNotHalfApplied() {
        shard.leadLoaded();

        assertThat(shard.submit(new Put(Words.UNPARSABLE, "1"))).containsExactly("UNKNOWN_SERVER_ERROR");

        shard.followerFetchesAll();
        assertThat(shard.submit(new Newest("a"))).containsExactly("");
        assertThat(shard.hosts().statuses()).extracting(ShardStatus::skipped).containsExactly(1L);
    }

    @Test
    void whatCannotBeReadIsSkipped() throws Exception {
        shard.leadLoaded();
        append(batch("a", "1"));
        append(batch(Words.UNPARSABLE, "2"));
        ByteBuffer damaged = batch("a", "damaged");
        damaged.put(damaged.limit() - 3, (byte) '!');
        append(damaged);
        append(control(batch("a", "control")));
        append(batch("b", "3"));

        shard.lead();
        shard.run();
        shard.followerFetchesAll();

        assertThat(shard.ask(new Committed("a"))).isEqualTo("1");
        assertThat(shard.ask(new Committed("b"))).isEqualTo("3");
        assertThat(shard.hosts().statuses())
                .extracting(ShardStatus::records, ShardStatus::skipped)
                .containsExactly(tuple(2L, 2L));
    }

    @Test
    void aLogIsLoadedInSlices() throws Exception {
        shard.leadLoaded();
        for (int i = 0; i < 40; i++) {
            append(batch("k" + i, "x".repeat(100_000)));
        }

        shard.lead();
        shard.run();
        shard.followerFetchesAll();

        assertThat(shard.ask(new Committed("k0"))).hasSize(100_000);
        assertThat(shard.ask(new Committed("k39"))).hasSize(100_000);
    }

    private void append(ByteBuffer batch) throws Exception {
        assertThat(shard.replicas()
                        .partition()
                        .append(batch, Replica.ANY_EPOCH, false)
                        .result())
                .isInstanceOf(AppendResult.Appended.class);
    }

    static ByteBuffer batch(String key, String value) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
        builder.append(1000, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), List.of());
        return builder.build();
    }

    private static ByteBuffer control(ByteBuffer batch) {
        batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) 0x20);
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(RecordBatch.ATTRIBUTES_AT, batch.limit() - RecordBatch.ATTRIBUTES_AT));
        return batch.putInt(RecordBatch.CRC_AT, (int) crc.getValue());
    }
}
