package io.tailrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A record of a test, compared by content. */
record TestRecord(
        long offset,
        long timestampMs,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        List<String> headerKeys,
        List<@Nullable ByteBuffer> headerValues) {

    static final long START_MS = 1_431_828_305_000L;

    static TestRecord random(Random random, long offset) {
        int headers = random.nextInt(4) == 0 ? random.nextInt(4) : 0;
        List<String> keys = new ArrayList<>();
        List<@Nullable ByteBuffer> values = new ArrayList<>();
        for (int i = 0; i < headers; i++) {
            keys.add(random.nextBoolean() ? "trace-" + random.nextInt(9) : "schlüssel→" + i);
            values.add(bytes(random, 20));
        }
        long timestampMs = START_MS + random.nextInt(10_000_000) - 5_000_000;
        return new TestRecord(offset, timestampMs, bytes(random, 300), bytes(random, 2000), keys, values);
    }

    static List<TestRecord> random(Random random, int count, long baseOffset) {
        List<TestRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(random(random, baseOffset + i));
        }
        return records;
    }

    /** Bytes that compress well or not at all; sometimes empty or null. */
    private static @Nullable ByteBuffer bytes(Random random, int lengthMax) {
        if (random.nextInt(10) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(lengthMax)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            Arrays.fill(bytes, (byte) random.nextInt());
        }
        return ByteBuffer.wrap(bytes);
    }

    List<RecordHeader> headers() {
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = 0; i < headerKeys.size(); i++) {
            headers.add(new RecordHeader(headerKeys.get(i), array(headerValues.get(i))));
        }
        return headers;
    }

    boolean addTo(RecordBatchBuilder builder) {
        return builder.append(timestampMs, array(key), array(value), headers());
    }

    static byte @Nullable [] array(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] array = new byte[buffer.remaining()];
        buffer.get(buffer.position(), array);
        return array;
    }

    static TestRecord of(RecordCursor cursor) {
        List<String> keys = new ArrayList<>();
        List<@Nullable ByteBuffer> values = new ArrayList<>();
        for (RecordHeader header : cursor.headers()) {
            keys.add(header.key());
            byte[] value = header.value();
            values.add(value == null ? null : ByteBuffer.wrap(value));
        }
        byte[] key = cursor.keyCopy();
        byte[] value = cursor.valueCopy();
        return new TestRecord(
                cursor.offset(),
                cursor.timestampMs(),
                key == null ? null : ByteBuffer.wrap(key),
                value == null ? null : ByteBuffer.wrap(value),
                keys,
                values);
    }

    static List<TestRecord> allOf(RecordBatch batch) {
        RecordCursor cursor = RecordCursor.of(batch, new Decompressor(1 << 26));
        List<TestRecord> records = new ArrayList<>();
        while (cursor.next()) {
            records.add(of(cursor));
        }
        return records;
    }

    static ByteBuffer batchOf(CompressionType compression, List<TestRecord> records) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, Integer.MAX_VALUE);
        for (TestRecord record : records) {
            if (!record.addTo(builder)) {
                throw new IllegalStateException("batch without a bound is full");
            }
        }
        return builder.build();
    }
}
