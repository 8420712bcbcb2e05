package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that lists a log's closed segments: what it shows at start, and that it is never ahead of the files. */
class SegmentChainTest {
    @TempDir
    private Path scratch = Path.of("unset");

    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);
    private int copies;

    @BeforeEach
    void fiveSegments(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        Log log = fixture.openLog();
        while (log.segmentCount() < 5) {
            fixture.append(Batches.of(3, 100 + log.logEndOffset()));
        }
    }

    private LogFixture copy() throws IOException {
        return fixture.crashedCopy(scratch.resolve("copy-" + copies++));
    }

    private List<String> listed(LogFixture each) throws IOException {
        return Files.readAllLines(each.partitionPath().resolve(LogFiles.CHAIN)).stream()
                .skip(2)
                .toList();
    }

    @Test
    void aRollAddsTheClosedSegmentOnceItIsForced() throws IOException {
        List<Path> files = fixture.files(LogFiles.LOG);
        List<String> lines = listed(fixture);
        assertThat(lines).hasSize(5);
        for (int i = 0; i < 4; i++) {
            assertThat(lines.get(i))
                    .isEqualTo("segment %d %d 0", LogFiles.offsetOf(files.get(i)), Files.size(files.get(i)));
        }
        assertThat(lines.get(4)).isEqualTo("end %d", LogFiles.offsetOf(files.get(4)));
    }

    @Test
    void aSegmentThatWasCutAtABatchIsDamageAlthoughNoRecoveryPointWasWritten() throws IOException {
        try (LogFixture crashed = copy()) {
            Path segment = crashed.files(LogFiles.LOG).get(1);
            ByteBuffer last = Batches.of(3, 100);
            LogFixture.cut(segment, Files.size(segment) - last.remaining());
            assertThatThrownBy(crashed::openLog)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(segment.getFileName() + ": end of a closed segment");
            assertThat(crashed.files(LogFiles.LOG))
                    .as("the files are left as they are")
                    .hasSize(5);
        }
    }

    @Test
    void aMissingSegmentIsDamageUnlessItIsTheOldest() throws IOException {
        for (int missing = 0; missing < 4; missing++) {
            try (LogFixture crashed = copy()) {
                Path segment = crashed.files(LogFiles.LOG).get(missing);
                Files.delete(segment);
                if (missing == 0) {
                    assertThat(crashed.openLog().logStartOffset()).isPositive();
                } else {
                    assertThatThrownBy(crashed::openLog)
                            .isInstanceOf(CorruptLogException.class)
                            .hasMessageContaining(segment.getFileName() + ": the file is missing");
                }
            }
        }
    }

    @Test
    void aLogWithoutAChainOpensAndHasOneAfterItsNextRoll() throws IOException {
        for (String content : List.of("", "0\n1\nsegment 0 x 0\n", "0\n9\nend 4\n", "no chain\n")) {
            try (LogFixture old = copy()) {
                Path chain = old.partitionPath().resolve(LogFiles.CHAIN);
                Files.writeString(chain, content);
                if (content.isEmpty()) {
                    Files.delete(chain);
                }
                Log log = old.openLog();
                assertThat(Batches.read(log)).isEqualTo(Batches.read(fixture.log()));
                while (log.segmentCount() < 6) {
                    old.append(Batches.of(3, 1_000 + log.logEndOffset()));
                }
                assertThat(listed(old)).hasSize(6);
            }
        }
    }

    @Test
    void deletedAndTruncatedSegmentsLeaveALogThatOpens() throws IOException {
        Log log = fixture.log();
        long secondBase = LogFiles.offsetOf(fixture.files(LogFiles.LOG).get(1));
        long thirdBase = LogFiles.offsetOf(fixture.files(LogFiles.LOG).get(2));
        log.deleteRecordsBefore(secondBase);
        fixture.directory().maintain(fixture.nowMs, partition -> log.logEndOffset());
        try (LogFixture crashed = copy()) {
            assertThat(crashed.openLog().logStartOffset()).isEqualTo(secondBase);
        }
        log.truncateTo(thirdBase + 4, fixture.nowMs);
        assertThat(listed(fixture)).last().isEqualTo("end " + thirdBase);
        try (LogFixture crashed = copy()) {
            assertThat(Batches.read(crashed.openLog())).isEqualTo(Batches.read(log));
        }
        log.truncateFullyAndStartAt(7, fixture.nowMs);
        fixture.append(Batches.of(3, 1));
        try (LogFixture crashed = copy()) {
            assertThat(crashed.openLog().logStartOffset()).isEqualTo(7);
            assertThat(crashed.log().logEndOffset()).isEqualTo(10);
        }
    }

    @Test
    void aChainThatFindsNoSpaceIsWrittenLaterAndNeverOutlivesATruncation() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        fixture.disk = disk;
        Log log = fixture.restart();
        long thirdBase = LogFiles.offsetOf(fixture.files(LogFiles.LOG).get(2));
        disk.spaceBytes.set(0);
        log.truncateTo(thirdBase + 4, fixture.nowMs);
        assertThat(fixture.partitionPath().resolve(LogFiles.CHAIN)).doesNotExist();
        disk.spaceBytes.set(1 << 20);
        while (log.segmentCount() < 6) {
            fixture.append(Batches.of(3, 1_000 + log.logEndOffset()));
        }
        assertThat(listed(fixture)).hasSize(6);
    }

    @Test
    void committedReplacementsAreFinishedAndOthersDeleted() throws IOException {
        Path committed = LogFiles.compacted(fixture.partitionPath(), 0, LogFiles.LOG, 5);
        Path abandoned = LogFiles.compacted(fixture.partitionPath(), 0, LogFiles.INDEX, 6);
        List<Path> files = fixture.files(LogFiles.LOG);
        long thirdBase = LogFiles.offsetOf(files.get(2));
        // The first two segments are replaced by one with their batches.
        Files.write(committed, Files.readAllBytes(files.get(0)));
        Files.write(committed, Files.readAllBytes(files.get(1)), StandardOpenOption.APPEND);
        Files.write(abandoned, new byte[8]);
        new SegmentChainFile(Disk.REAL, fixture.partitionPath())
                .write(new SegmentChain(
                        List.of(new SegmentChain.Link(0, (int) Files.size(committed), 5)),
                        thirdBase,
                        CompactionHistory.EMPTY));
        try (LogFixture crashed = copy()) {
            assertThat(Batches.read(crashed.openLog())).isEqualTo(Batches.read(fixture.log()));
            assertThat(crashed.files(LogFiles.LOG)).hasSize(4);
            assertThat(crashed.files(LogFiles.COMPACTED)).isEmpty();
        }
    }
}
