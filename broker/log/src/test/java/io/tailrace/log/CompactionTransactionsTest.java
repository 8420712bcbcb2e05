package io.tailrace.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader of committed records finds the latest of each key, however transactions and compaction interleave. */
class CompactionTransactionsTest {
    private static final int PRODUCERS = 4;
    private static final int STEPS = 600;

    private final Map<String, String> committed = new TreeMap<>();
    private final List<Map<String, String>> pending = new ArrayList<>();
    private final short[] epochs = new short[PRODUCERS];
    private final int[] sequences = new int[PRODUCERS];
    private int values;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void committedRecordsStayAndAbortedOnesGo(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < PRODUCERS; i++) {
            pending.add(new HashMap<>());
        }
        LogConfig config = LogConfig.DEFAULTS
                .with(new LogConfig.Roll(1000, Long.MAX_VALUE, 10 << 20, 100))
                .with(new LogConfig.Compaction(true, 0.1, 0, LogConfig.UNLIMITED, 1000))
                .withFileDeleteDelayMs(0);
        try (LogFixture fixture = new LogFixture(directory, config)) {
            fixture.openLog();
            for (int i = 0; i < STEPS; i++) {
                step(fixture, random);
            }
            for (int producer = 0; producer < PRODUCERS; producer++) {
                end(fixture, producer, random.nextBoolean());
            }
            compact(fixture, fixture.log().logEndOffset());
            check(fixture.log(), seed);
            assertThat(records(fixture.log()))
                    .as("seed %d: records that were written and that are left", seed)
                    .isLessThan(values / 2);
            fixture.stop();
            for (String suffix : List.of(LogFiles.SNAPSHOT, LogFiles.TRANSACTION_INDEX)) {
                for (Path file : fixture.files(suffix)) {
                    Files.delete(file);
                }
            }
            check(fixture.openLog(), seed);
        }
    }

    private void step(LogFixture fixture, Random random) throws IOException {
        int producer = random.nextInt(PRODUCERS);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> end(fixture, producer, random.nextInt(3) > 0);
            case 3 -> {
                long end = fixture.log().logEndOffset();
                compact(fixture, end - random.nextInt((int) Math.min(20, end + 1)));
            }
            case 4 -> fixture.restart();
            default -> write(fixture, producer, "key-" + random.nextInt(8));
        }
    }

    private void write(LogFixture fixture, int producer, String key) throws IOException {
        String value = "value-" + values++;
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
        builder.append(fixture.nowMs, key.getBytes(UTF_8), value.getBytes(UTF_8), List.of());
        builder.producer(producer, epochs[producer], sequences[producer]++);
        builder.transactional();
        ByteBuffer batch = builder.build();
        Log log = fixture.log();
        AppendResult result = log.appendAsLeader(batch, 0, fixture.nowMs);
        if (result instanceof AppendResult.Unverified unverified) {
            result = log.appendVerified(batch, 0, unverified.verification(), fixture.nowMs);
        }
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        pending.get(producer).put(key, value);
    }

    private void end(LogFixture fixture, int producer, boolean isCommit) throws IOException {
        epochs[producer]++;
        sequences[producer] = 0;
        EndTransactionMarker marker = new EndTransactionMarker(producer, epochs[producer], isCommit, 1);
        assertThat(fixture.log().appendMarker(marker, true, 0, fixture.nowMs))
                .isInstanceOf(AppendResult.Appended.class);
        if (isCommit) {
            // Another producer may have written the key later and committed it before: the later record counts.
            pending.get(producer)
                    .forEach((key, value) -> committed.merge(key, value, CompactionTransactionsTest::later));
        }
        pending.get(producer).clear();
    }

    private static String later(String one, String other) {
        return number(one) > number(other) ? one : other;
    }

    private static int number(String value) {
        return Integer.parseInt(value.substring("value-".length()));
    }

    private void compact(LogFixture fixture, long highWatermark) throws IOException {
        fixture.log().roll(fixture.nowMs);
        LogCompactor compactor = new LogCompactor(
                fixture.directory(), new LogCompactor.Limits(1 << 20, 1 << 20, 1), CompactionPace.UNLIMITED);
        while (compactor.compactNext(fixture.nowMs, partition -> highWatermark)) {
            fixture.nowMs++;
        }
    }

    private void check(Log log, long seed) throws IOException {
        long end = log.logEndOffset();
        assertThat(log.lastStableOffset(end)).as("seed %d", seed).isEqualTo(end);
        Map<String, String> read = new TreeMap<>();
        long offset = log.logStartOffset();
        while (offset < end) {
            try (LogSlice slice = log.read(offset, 1500, end, true)) {
                offset = readCommitted(slice, log.abortedTransactions(offset, slice, end), read);
            }
        }
        assertThat(read).as("seed %d", seed).isEqualTo(committed);
    }

    /** What a client does with an answer to a fetch. */
    private static long readCommitted(LogSlice slice, List<AbortedTransaction> aborted, Map<String, String> read)
            throws IOException {
        long next = 0;
        for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
            boolean isAborted = aborted.stream()
                    .anyMatch(each -> each.producerId() == batch.producerId()
                            && each.firstOffset() <= batch.baseOffset()
                            && batch.baseOffset() < each.markerOffset());
            if (!batch.isControl() && !isAborted) {
                RecordCursor record = RecordCursor.of(batch, new Decompressor(1 << 20));
                while (record.next()) {
                    read.put(text(record.key()), text(record.value()));
                }
            }
            next = batch.nextOffset();
        }
        return next;
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return UTF_8.decode(Objects.requireNonNull(bytes)).toString();
    }

    private static int records(Log log) throws IOException {
        int records = 0;
        for (ByteBuffer bytes : Batches.read(log)) {
            RecordBatch batch = RecordBatch.at(bytes);
            records += batch.isControl() ? 0 : batch.recordCount();
        }
        return records;
    }
}
