package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that somebody damages while the log is open, and batches that are damaged on their way from the leader. */
class DamageWhileRunningTest {
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);
    private Log log;

    @BeforeEach
    void writeSegments(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        log = fixture.openLog();
        for (int i = 0; i < 100; i++) {
            fixture.append(Batches.of(3, 1_000 + i));
        }
        assertThat(log.segmentCount()).isGreaterThan(3);
    }

    @AfterEach
    void close() throws IOException {
        fixture.directory().abandon();
    }

    @Test
    void aClosedSegmentThatBecameShortIsDamageBeforeAnyByteIsPromised() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        long base = LogFiles.offsetOf(segment);
        long bytes = Files.size(segment);
        LogFixture.cut(segment, bytes - 10);

        assertThatThrownBy(() -> log.read(base, 1 << 20, Long.MAX_VALUE, true))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(segment.getFileName() + ": file size at byte " + (bytes - 10));
        assertThat(log.damageCount()).isEqualTo(1);
        assertThat(fixture.directory().damageCount()).isEqualTo(1);
        assertThat(fixture.directory().isOffline()).isFalse();
        try (LogSlice before = log.read(0, 1 << 20, Long.MAX_VALUE, true);
                LogSlice start = log.read(base, 100, Long.MAX_VALUE, true)) {
            assertThat(before.toBuffer().remaining()).isEqualTo(before.sizeInBytes());
            assertThat(start.toBuffer().remaining()).isEqualTo(start.sizeInBytes());
        }
    }

    @Test
    void aHeaderThatCannotBeFollowedIsCounted() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        LogFixture.flipBit(segment, RecordBatch.MAGIC_AT);
        long base = LogFiles.offsetOf(segment);
        for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> log.read(base + 1, 100, Long.MAX_VALUE, true))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(segment.getFileName() + ": at byte 0: magic");
            assertThat(log.damageCount()).isEqualTo(i);
        }
    }

    @Test
    void damageIsLoggedOnceAMinuteAndCountedEachTime() {
        DamageLog damage = new DamageLog();
        CorruptLogException found = new CorruptLogException(fixture.path, "damaged");
        damage.tick(1_000_000);
        assertThat(damage.report(found)).isTrue();
        assertThat(damage.report(found)).isFalse();
        damage.tick(1_059_999);
        assertThat(damage.report(found)).isFalse();
        damage.tick(1_060_000);
        assertThat(damage.report(found)).isTrue();
        assertThat(damage.report(found)).isFalse();
        assertThat(damage.count()).isEqualTo(5);
    }

    @Test
    void aRebuiltIndexIsWrittenAtOnce() throws IOException {
        Segment first = log.state().segments().first();
        Path index = first.indexes().paths().get(0);
        long bytes = Files.size(index);
        assertThat(bytes).isPositive();
        first.indexes().markIncomplete();
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(first.indexes().isSuspect()).isFalse();
        assertThat(Files.size(index)).isEqualTo(bytes);
        assertThat(Files.size(first.indexes().paths().get(1))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 48, Integer.MAX_VALUE})
    void aFollowerRefusesABatchOfBadLength(int length) throws IOException {
        ByteBuffer batch = nextBatch();
        batch.putInt(RecordBatch.LENGTH_AT, length);
        expectCorrupt(batch);
    }

    @Test
    void aFollowerRefusesABatchOfBadMagic() throws IOException {
        ByteBuffer batch = nextBatch();
        batch.put(RecordBatch.MAGIC_AT, (byte) 1);
        expectCorrupt(batch);
    }

    private ByteBuffer nextBatch() {
        ByteBuffer batch = Batches.of(3, 1);
        RecordBatch.at(batch).stamp(log.logEndOffset(), 0);
        return batch;
    }

    private void expectCorrupt(ByteBuffer batch) throws IOException {
        long end = log.logEndOffset();
        assertThat(log.appendAsFollower(batch, fixture.nowMs))
                .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.CORRUPT_MESSAGE));
        assertThat(log.logEndOffset()).isEqualTo(end);
    }
}
