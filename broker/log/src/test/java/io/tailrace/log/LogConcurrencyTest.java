package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lock-free readers beside appends, rolls, retention and truncations. */
@Timeout(600)
class LogConcurrencyTest {
    private static final int APPENDS = 6_000;

    private final AtomicBoolean isDone = new AtomicBoolean();

    @Test
    void readersSeeWholeBatchesInOrderWithoutGaps(@TempDir Path directory) throws Exception {
        run(directory, false);
    }

    @Test
    void readersSurviveTruncations(@TempDir Path directory) throws Exception {
        run(directory, true);
    }

    private void run(Path directory, boolean truncates) throws Exception {
        ExecutorService background = Executors.newFixedThreadPool(2);
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            fixture.disk = new FaultyDisk();
            fixture.executor = background;
            fixture.config = fixture.config.with(new LogConfig.Retention(LogConfig.UNLIMITED, 40_000));
            Log log = fixture.openLog();
            List<Future<Long>> readings = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                long seed = i;
                readings.add(readers.submit(() -> readAll(log, new Random(seed), truncates)));
            }
            for (int i = 0; i < APPENDS; i++) {
                fixture.append(Batches.of(1 + i % 3, 1_000 + i));
                if (i % 100 == 99) {
                    fixture.directory().maintain(fixture.nowMs, partition -> Long.MAX_VALUE);
                }
                if (truncates && i % 250 == 249) {
                    log.truncateTo(log.logEndOffset() - 40, fixture.nowMs);
                }
            }
            isDone.set(true);
            for (Future<Long> reading : readings) {
                assertThat(reading.get(300, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(fixture.failures).isEmpty();
        } finally {
            readers.shutdownNow();
            background.shutdown();
        }
    }

    /** Reads the log, sometimes from its start again. Returns the number of batches read. */
    private long readAll(Log log, Random random, boolean truncates) throws IOException {
        long offset = 0;
        long seen = 0;
        while (!isDone.get() || offset < log.logEndOffset()) {
            try {
                long limit = log.logEndOffset() - random.nextInt(3);
                boolean jumps = random.nextInt(50) == 0;
                offset = jumps ? log.logStartOffset() : offset;
                try (LogSlice slice = log.read(offset, 1_000, isDone.get() ? Long.MAX_VALUE : limit, true)) {
                    ByteBuffer bytes = slice.isEmpty() ? ByteBuffer.allocate(0) : readOf(slice, truncates);
                    long next = offset;
                    for (RecordBatch batch : RecordBatches.of(bytes)) {
                        if (truncates && !batch.isCrcValid()) {
                            break;
                        }
                        batch.ensureCrc();
                        if (next > offset) {
                            assertThat(batch.baseOffset()).isEqualTo(next);
                        } else {
                            assertThat(offset).isBetween(batch.baseOffset(), batch.lastOffset());
                        }
                        next = batch.nextOffset();
                        seen++;
                    }
                    if (!isDone.get() && !truncates) {
                        assertThat(next).isLessThanOrEqualTo(Math.max(limit, offset));
                    }
                    offset = next;
                }
                log.offsetForTimestamp(1_000 + random.nextInt(APPENDS));
            } catch (OffsetNotInLogException e) {
                offset = truncates ? log.logStartOffset() : Math.max(offset, log.logStartOffset());
            } catch (CorruptBatchException e) {
                // A batch that was replaced while its slice was read can look like one with another magic or length.
                if (!truncates) {
                    throw e;
                }
            }
        }
        return seen;
    }

    /** A truncation may remove bytes of an open slice. The reader then gets fewer, and recognizes whole batches by checksum. */
    private static ByteBuffer readOf(LogSlice slice, boolean truncates) throws IOException {
        try {
            return slice.toBuffer();
        } catch (EOFException e) {
            if (truncates) {
                return ByteBuffer.allocate(0);
            }
            throw e;
        }
    }
}
