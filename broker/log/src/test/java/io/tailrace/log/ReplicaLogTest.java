package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log in files and the log in memory behave alike, whatever is done to both. */
class ReplicaLogTest {
    private static final int STEPS = 300;
    private static final long NOW_MS = 1_000_000;

    private final List<String> history = new ArrayList<>();
    private int epoch = 1;

    /** One step, on either log, and what it returns. */
    private interface Operation {
        Object on(ReplicaLog log) throws IOException;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bothLogsAreAlike(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULTS)) {
            Log log = fixture.openLog();
            InMemoryLog memory = new InMemoryLog(log.partition());
            for (int i = 0; i < STEPS; i++) {
                Operation operation = operation(random, log);
                assertThat(resultOf(operation, memory))
                        .as("seed %d: result of the last of %s", seed, history)
                        .isEqualTo(resultOf(operation, log));
                assertThat(describe(memory))
                        .as("seed %d after %s", seed, history)
                        .isEqualTo(describe(log));
                assertThat(memory.offsetOfMaxTimestamp())
                        .as("seed %d: newest record after %s", seed, history)
                        .isEqualTo(log.offsetOfMaxTimestamp());
            }
            assertThat(memory.offsetForTimestamp(500)).isEqualTo(log.offsetForTimestamp(500));
        }
    }

    private Operation operation(Random random, Log log) {
        long start = log.logStartOffset();
        long end = log.logEndOffset();
        long near = Math.max(0, end + random.nextInt(-12, 3));
        switch (random.nextInt(13)) {
            case 0 -> {
                history.add("begins epoch " + ++epoch);
                int begun = epoch;
                return each -> {
                    each.beginEpoch(begun);
                    return "";
                };
            }
            case 1 -> {
                history.add("truncates to " + near);
                return each -> {
                    each.truncateTo(near, NOW_MS);
                    return "";
                };
            }
            case 2 -> {
                if (random.nextInt(5) > 0) {
                    return reads(random, near);
                }
                history.add("restarts at " + near);
                return each -> {
                    each.truncateFullyAndStartAt(near, NOW_MS);
                    return "";
                };
            }
            case 3 -> {
                long from = start + random.nextInt(6);
                history.add("deletes before " + from);
                return each -> {
                    each.deleteRecordsBefore(from);
                    return "";
                };
            }
            case 4, 5 -> {
                int producer = random.nextInt(3);
                int sequence = random.nextInt(4);
                int appendEpoch = Math.max(0, epoch - random.nextInt(2));
                history.add("appends sequence %d of %d in %d".formatted(sequence, producer, appendEpoch));
                return each -> comparable(
                        each.appendAsLeader(Batches.idempotent(producer, 0, sequence, 1), appendEpoch, NOW_MS));
            }
            case 6 -> {
                ByteBuffer batch = Batches.of(3, random.nextInt(1000));
                RecordBatch.at(batch).stamp(near, Math.max(0, epoch - random.nextInt(2)));
                if (random.nextInt(8) == 0) {
                    batch.put(RecordBatch.CRC_AT, (byte) ~batch.get(RecordBatch.CRC_AT));
                }
                history.add("copies " + RecordBatch.at(batch));
                return each -> comparable(each.appendAsFollower(batch, NOW_MS));
            }
            case 7 -> {
                return reads(random, near);
            }
            case 10, 11 -> {
                int producer = 10 + random.nextInt(3);
                int producerEpoch = random.nextInt(2);
                int sequence = random.nextInt(3);
                boolean isVerified = random.nextInt(4) > 0;
                history.add("appends sequence %d of transactional %d in epoch %d, verified %s"
                        .formatted(sequence, producer, producerEpoch, isVerified));
                return each -> appendTransactional(
                        each, Batches.transactional(producer, producerEpoch, sequence, 1), isVerified);
            }
            case 12 -> {
                EndTransactionMarker marker = new EndTransactionMarker(
                        10 + random.nextInt(3), (short) random.nextInt(3), random.nextBoolean(), random.nextInt(3));
                boolean raisesEpoch = random.nextBoolean();
                history.add(marker + ", raises the epoch " + raisesEpoch);
                return each -> comparable(each.appendMarker(marker, raisesEpoch, epoch, NOW_MS));
            }
            default -> {
                int records = 1 + random.nextInt(3);
                int timestamp = random.nextInt(1000);
                history.add("appends " + records);
                return each -> comparable(each.appendAsLeader(Batches.of(records, timestamp), epoch, NOW_MS));
            }
        }
    }

    private Object appendTransactional(ReplicaLog log, ByteBuffer batch, boolean isVerified) throws IOException {
        AppendResult first = log.appendAsLeader(batch, epoch, NOW_MS);
        return isVerified && first instanceof AppendResult.Unverified unverified
                ? comparable(log.appendVerified(batch, epoch, unverified.verification(), NOW_MS))
                : comparable(first);
    }

    private Operation reads(Random random, long offset) {
        int bytesMax = random.nextInt(1500);
        long limit = offset + random.nextInt(10);
        boolean atLeastOne = random.nextBoolean();
        history.add("reads %d to %d, %d bytes".formatted(offset, limit, bytesMax));
        return log -> {
            long committed = Math.min(limit, log.lastStableOffset(offset));
            try (LogSlice slice = log.read(offset, bytesMax, limit, atLeastOne);
                    LogSlice stable = log.read(offset, bytesMax, committed, atLeastOne)) {
                return List.of(wholeBatches(slice), committed, abortedIn(log, offset, stable, committed));
            }
        };
    }

    /** The aborted transactions of what was read, without others that an index may add. */
    private static List<AbortedTransaction> abortedIn(ReplicaLog log, long from, LogSlice slice, long limit)
            throws IOException {
        long end = from;
        for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
            end = batch.nextOffset();
        }
        long to = end;
        return slice.isEmpty()
                ? List.of()
                : log.abortedTransactions(from, slice, limit).stream()
                        .filter(each -> each.firstOffset() < to)
                        .toList();
    }

    private static List<ByteBuffer> wholeBatches(LogSlice slice) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        RecordBatches.of(slice.toBuffer()).forEach(batch -> batches.add(batch.bytes()));
        return batches;
    }

    private static Object resultOf(Operation operation, ReplicaLog log) throws IOException {
        try {
            return operation.on(log);
        } catch (OffsetNotInLogException | IllegalArgumentException e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    /** Reasons differ in their words. */
    private static Object comparable(AppendResult result) {
        return result instanceof AppendResult.Refused refused ? refused.error() : result;
    }

    private static List<Object> describe(ReplicaLog log) throws IOException {
        try (LogSlice all = log.read(log.logStartOffset(), Integer.MAX_VALUE, Long.MAX_VALUE, true)) {
            long end = log.logEndOffset();
            return List.of(
                    log.logStartOffset(),
                    end,
                    log.epochs(),
                    wholeBatches(all),
                    log.lastStableOffset(end),
                    abortedIn(log, log.logStartOffset(), all, end));
        }
    }
}
