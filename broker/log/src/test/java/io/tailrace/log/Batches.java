package io.tailrace.log;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Builds batches to append, and reads the batches of a log. */
final class Batches {
    private static final int BYTES_MAX = 1 << 20;

    private Batches() {}

    /** A batch of records with ascending timestamps from {@code timestampMs}. */
    static ByteBuffer of(int records, long timestampMs) {
        return of(CompressionType.NONE, records, timestampMs, 20);
    }

    static ByteBuffer of(CompressionType codec, int records, long timestampMs, int valueBytes) {
        RecordBatchBuilder builder = new RecordBatchBuilder(codec, BYTES_MAX);
        fill(builder, records, timestampMs, valueBytes, new Random(timestampMs * 31 + records));
        return builder.build();
    }

    static ByteBuffer idempotent(long producerId, int epoch, int firstSequence, int records) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BYTES_MAX);
        builder.producer(producerId, (short) epoch, firstSequence);
        fill(builder, records, 1_000, 10, new Random(firstSequence));
        return builder.build();
    }

    static ByteBuffer transactional(long producerId, int epoch, int firstSequence, int records) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BYTES_MAX);
        builder.producer(producerId, (short) epoch, firstSequence);
        builder.transactional();
        fill(builder, records, 1_000, 10, new Random(firstSequence));
        return builder.build();
    }

    private static void fill(RecordBatchBuilder builder, int records, long timestampMs, int valueBytes, Random random) {
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
            builder.append(timestampMs + i, key, value, List.of(new RecordHeader("h", new byte[] {1, 2})));
        }
    }

    /** All whole batches from an offset, as bytes, in as many reads as necessary. */
    static List<ByteBuffer> read(Log log, long from, int bytesMax) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        long offset = from;
        while (true) {
            try (LogSlice slice = log.read(offset, bytesMax, Long.MAX_VALUE, true)) {
                long before = offset;
                for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
                    batch.ensureCrc();
                    batches.add(batch.bytes());
                    offset = batch.nextOffset();
                }
                if (offset == before) {
                    return batches;
                }
            }
        }
    }

    static List<ByteBuffer> read(Log log) throws IOException {
        return read(log, log.logStartOffset(), BYTES_MAX);
    }

    static long baseOffset(ByteBuffer batch) {
        return RecordBatch.at(batch).baseOffset();
    }
}
