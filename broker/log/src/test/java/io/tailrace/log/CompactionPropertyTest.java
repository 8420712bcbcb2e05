package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of a compacted log against a map: appends, passes, crashes at any operation, truncations, restarts. */
class CompactionPropertyTest {
    private static final int STEPS = 120;
    private static final long TOMBSTONE_MS = 16_000;
    private static final LogCompactor.Limits LIMITS = new LogCompactor.Limits(1 << 20, 1 << 20, 1);

    @TempDir
    private Path scratch = Path.of("unset");

    /** A pass that has covered everything below an offset. */
    private record Pass(long endOffset, long timeMs) {}

    private final List<String> history = new ArrayList<>();
    private final List<Pass> passes = new ArrayList<>();
    private Random random = new Random();
    private CompactionModel model = new CompactionModel(random);
    private LogFixture fixture = new LogFixture(scratch, LogConfig.DEFAULTS);
    private int directories;
    private int epoch;
    private long highWatermark;
    /** Whether the last disk that was to crash did. */
    private boolean hasCrashed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theLatestRecordOfEachKeyStaysWhateverHappens(long seed) throws IOException {
        start(seed);
        try {
            for (int i = 0; i < STEPS; i++) {
                step();
                String as = "seed %d after %s".formatted(seed, history);
                model.check(fixture.log(), tombstonesKeptFrom(), as);
            }
            model.checkProducers(fixture.log(), fixture.nowMs, "seed %d after %s".formatted(seed, history));
        } finally {
            fixture.close();
        }
    }

    private void start(long seed) throws IOException {
        random = new Random(seed);
        model = new CompactionModel(random);
        LogConfig config = LogConfig.DEFAULTS
                .with(new LogConfig.Roll(400 + random.nextInt(2_000), Long.MAX_VALUE, 10 << 20, random.nextInt(300)))
                .with(new LogConfig.Compaction(true, 0.1, 0, LogConfig.UNLIMITED, TOMBSTONE_MS));
        fixture = new LogFixture(scratch.resolve("log-" + directories++), config.withFileDeleteDelayMs(0));
        fixture.disk = new FaultyDisk();
        fixture.openLog();
    }

    private void step() throws IOException {
        Log log = fixture.log();
        fixture.nowMs += random.nextInt(1_500);
        switch (random.nextInt(12)) {
            case 0 -> compact(fixture, random.nextBoolean() ? 1 << 20 : 200);
            case 1 -> crashWhileCompacting();
            case 2 -> {
                history.add("restarts");
                fixture.restart();
            }
            case 3 -> {
                history.add("crashes");
                moveTo(copy());
            }
            case 4 -> {
                long offset = random.nextLong(highWatermark, log.logEndOffset() + 1);
                history.add("truncates to " + offset);
                log.truncateTo(offset, fixture.nowMs);
                model.truncate(log.logEndOffset());
                // It may be in the middle of a batch here.
                highWatermark = Math.min(highWatermark, log.logEndOffset());
                long endOffset = log.logEndOffset();
                passes.replaceAll(pass -> new Pass(Math.min(pass.endOffset, endOffset), pass.timeMs));
                epoch++;
            }
            case 5 -> {
                highWatermark = random.nextLong(highWatermark, log.logEndOffset() + 1);
                history.add("commits up to " + highWatermark);
                fixture.directory().maintain(fixture.nowMs, partition -> highWatermark);
            }
            default -> {
                history.add("appends at " + log.logEndOffset());
                model.append(fixture, epoch);
            }
        }
    }

    /** Compacts until nothing is due, and checks what a complete pass promises. */
    private void compact(LogFixture each, int mapBytesMax) throws IOException {
        history.add("compacts");
        if (compactAll(each, mapBytesMax)) {
            long endOffset = each.log().state().history().firstDirtyOffset();
            model.checkCompacted(each.log(), endOffset, tombstonesGoneBelow(), "after " + history);
            notePass(each);
        }
    }

    private void notePass(LogFixture each) throws IOException {
        long endOffset = each.log().state().history().firstDirtyOffset();
        if (passes.stream().noneMatch(pass -> pass.endOffset >= endOffset)) {
            passes.add(new Pass(endOffset, each.nowMs));
        }
    }

    private boolean compactAll(LogFixture each, int mapBytesMax) {
        LogCompactor compactor = new LogCompactor(
                each.directory(), new LogCompactor.Limits(mapBytesMax, 1 << 20, 1), CompactionPace.UNLIMITED);
        boolean wasDue = false;
        while (compactor.compactNext(each.nowMs, partition -> highWatermark)) {
            wasDue = true;
        }
        return wasDue;
    }

    /** Appends, and lets the disk fail at one operation of a pass. */
    private void crashWhileCompacting() throws IOException {
        for (int i = random.nextInt(12); i > 0; i--) {
            model.append(fixture, epoch);
        }
        highWatermark = fixture.log().logEndOffset();
        history.add("loses power compacting below " + highWatermark);
        moveTo(crashed(random.nextInt(60), random.nextBoolean()));
        // The pass may have been complete.
        notePass(fixture);
    }

    /** A copy of the log whose disk failed at one operation of a pass. */
    private LogFixture crashed(int operation, boolean losesUnforced) throws IOException {
        LogFixture crashing = copy();
        SwitchableDisk current = new SwitchableDisk(new FaultyDisk());
        crashing.disk = current;
        crashing.openLog();
        CrashingDisk disk = new CrashingDisk(operation);
        current.use(disk);
        boolean unused = new LogCompactor(crashing.directory(), LIMITS, CompactionPace.UNLIMITED)
                .compactNext(crashing.nowMs, partition -> highWatermark);
        hasCrashed = disk.hasCrashed();
        crashing.directory().abandon();
        if (losesUnforced) {
            disk.loseUnforced();
        }
        crashing.disk = new FaultyDisk();
        return crashing;
    }

    /** Crashes at every operation of a pass, one after the other, and compacts what is left. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void nothingIsLostAtWhicheverOperationAPassCrashes(long seed) throws IOException {
        start(seed);
        try {
            while (fixture.log().segmentCount() < 8) {
                model.append(fixture, 0);
            }
            compact(fixture, 400);
            fixture.nowMs += 2 * TOMBSTONE_MS;
            for (int i = 0; i < 20; i++) {
                model.append(fixture, 0);
            }
            highWatermark = fixture.log().logEndOffset();
            int operation = 0;
            do {
                String as = "seed %d, crash at operation %d".formatted(seed, operation);
                try (LogFixture left = crashed(operation, operation % 2 == 0)) {
                    left.openLog();
                    model.check(left.log(), tombstonesKeptFrom(), as);
                    compactAll(left, 1 << 20);
                    model.check(left.log(), tombstonesKeptFrom(), as);
                    model.checkCompacted(
                            left.log(), left.log().state().history().firstDirtyOffset(), tombstonesGoneBelow(), as);
                    model.checkProducers(left.log(), left.nowMs, as);
                    assertThat(left.files(LogFiles.COMPACTED)).as(as).isEmpty();
                }
                operation++;
            } while (hasCrashed);
            assertThat(operation).as("operations of a pass").isGreaterThan(20);
        } finally {
            fixture.close();
        }
    }

    private LogFixture copy() throws IOException {
        return fixture.crashedCopy(scratch.resolve("log-" + directories++));
    }

    private void moveTo(LogFixture other) throws IOException {
        fixture.close();
        fixture = other;
        fixture.openLog();
        assertThat(fixture.log().logEndOffset()).isGreaterThanOrEqualTo(highWatermark);
    }

    /** The offset from which no tombstone can be old enough to be removed. */
    private long tombstonesKeptFrom() {
        return passes.stream()
                .filter(pass -> fixture.nowMs - pass.timeMs >= TOMBSTONE_MS)
                .mapToLong(Pass::endOffset)
                .max()
                .orElse(0);
    }

    /** The offset below which each tombstone is old enough even if its time was rounded up to that of a later pass. */
    private long tombstonesGoneBelow() {
        long latestMs = TOMBSTONE_MS + TOMBSTONE_MS / 16;
        return passes.stream()
                .filter(pass -> fixture.nowMs - pass.timeMs >= latestMs)
                .mapToLong(Pass::endOffset)
                .max()
                .orElse(0);
    }
}
