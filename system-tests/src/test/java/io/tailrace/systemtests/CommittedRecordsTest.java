package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedRecordsTest {
    private static final String FIRST = "00000000000000000000.log";
    private static final String SECOND = "00000000000000000100.log";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private void append(String segment, byte[] bytes) throws IOException {
        Files.write(folder.resolve(segment), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static byte[] records(int count) {
        return bytes(builder(count).build());
    }

    private static RecordBatchBuilder builder(int count) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 16);
        for (int i = 0; i < count; i++) {
            assertThat(builder.append(0, null, new byte[20], List.of())).isTrue();
        }
        return builder;
    }

    private static byte[] records(int count, long producer) {
        RecordBatchBuilder builder = builder(count);
        builder.producer(producer, (short) 0, 0);
        builder.transactional();
        return bytes(builder.build());
    }

    private static byte[] marker(long producer, boolean isCommit) {
        return bytes(new EndTransactionMarker(producer, (short) 0, isCommit, 0).toBatch(0));
    }

    private static byte[] bytes(ByteBuffer batch) {
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        return bytes;
    }

    @Test
    void transactionsCountOnceTheyAreCommitted() throws IOException {
        CommittedRecords records = new CommittedRecords(folder);
        append(FIRST, records(3, 1));
        append(FIRST, records(5, 2));
        append(FIRST, records(4, 1));
        assertThat(records.count()).isZero();
        append(FIRST, marker(1, true));
        assertThat(records.count()).as("markers are no records").isEqualTo(7);
        append(FIRST, marker(2, false));
        append(FIRST, records(1, 2));
        append(SECOND, marker(2, true));
        assertThat(records.count()).as("aborted records").isEqualTo(8);
    }

    @Test
    void recordsOutsideOfTransactionsCountOnceTheirBatchIsWhole() throws IOException {
        CommittedRecords records = new CommittedRecords(folder);
        append(FIRST, records(2));
        byte[] batch = records(9);
        append(FIRST, Arrays.copyOf(batch, batch.length - 1));
        assertThat(records.count()).isEqualTo(2);
        append(FIRST, Arrays.copyOfRange(batch, batch.length - 1, batch.length));
        append(SECOND, records(1));
        assertThat(records.count()).isEqualTo(12);
    }
}
