package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was appended to a compacted log, as a map, and what the log must still have. */
final class CompactionModel {
    /** A record; without a value it is a tombstone. */
    record Entry(String key, @Nullable String value, long timestampMs) {}

    private static final int KEYS = 25;
    private static final int PRODUCERS = 3;

    private final Random random;
    private final NavigableMap<Long, Entry> appended = new TreeMap<>();
    /** The batch that each producer sent last, by producer id. */
    private final Map<Long, ByteBuffer> lastBatches = new HashMap<>();

    private final int[] nextSequences = new int[PRODUCERS];
    private short producerEpoch;
    private int values;

    CompactionModel(Random random) {
        this.random = random;
    }

    /** Appends a batch of one to five records. */
    void append(LogFixture fixture, int leaderEpoch) throws IOException {
        CompressionType[] codecs = CompressionType.values();
        RecordBatchBuilder builder = new RecordBatchBuilder(
                random.nextInt(3) > 0 ? CompressionType.NONE : codecs[random.nextInt(codecs.length)], 1 << 20);
        int producer = random.nextInt(PRODUCERS + 2);
        int count = 1 + random.nextInt(5);
        if (producer < PRODUCERS) {
            builder.producer(producer, producerEpoch, nextSequences[producer]);
            nextSequences[producer] += count;
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = "key-" + random.nextInt(KEYS);
            String value = random.nextInt(4) == 0 ? null : "value-" + values++;
            Entry entry = new Entry(key, value, fixture.nowMs - random.nextInt(1_000));
            entries.add(entry);
            builder.append(entry.timestampMs, bytes(key), value == null ? null : bytes(value), List.of());
        }
        ByteBuffer batch = builder.build();
        long offset = fixture.append(batch, leaderEpoch);
        for (Entry entry : entries) {
            appended.put(offset++, entry);
        }
        if (producer < PRODUCERS) {
            lastBatches.put((long) producer, batch);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Forgets what a truncation has removed. Producers start again, with another epoch. */
    void truncate(long endOffset) {
        appended.tailMap(endOffset, true).clear();
        lastBatches.clear();
        Arrays.fill(nextSequences, 0);
        producerEpoch++;
    }

    /**
     * Checks a log: every record is at its offset, and the latest of each key is there.
     *
     * @param tombstonesKeptFrom tombstones from this offset on must still be there
     * @param as the description of a failure
     */
    void check(Log log, long tombstonesKeptFrom, String as) throws IOException {
        NavigableMap<Long, Entry> found = read(log);
        found.forEach((offset, entry) ->
                assertThat(entry).as("%s: record %d", as, offset).isEqualTo(appended.get(offset)));
        latest(log.logStartOffset()).forEach((key, offset) -> {
            Entry entry = Objects.requireNonNull(appended.get(offset));
            boolean mayBeGone = entry.value == null && offset < tombstonesKeptFrom;
            if (!mayBeGone) {
                assertThat(found)
                        .as("%s: latest record of %s: %s", as, key, entry)
                        .containsKey(offset);
            } else if (!found.containsKey(offset)) {
                assertThat(found.values().stream().filter(each -> each.key.equals(key)))
                        .as("%s: %s was deleted at offset %d", as, key, offset)
                        .isEmpty();
            }
        });
        checkTimestamps(log, found, as);
        checkReads(log, as);
    }

    /** The offset of the latest record of each key, at or above an offset. */
    private Map<String, Long> latest(long from) {
        Map<String, Long> latest = new HashMap<>();
        appended.tailMap(from, true).forEach((offset, entry) -> latest.put(entry.key, offset));
        return latest;
    }

    /** Checks that a complete pass up to an offset has left one record of each key below it, and no tombstone that is due. */
    void checkCompacted(Log log, long endOffset, long tombstonesGoneBelow, String as) throws IOException {
        Map<String, Long> seen = new HashMap<>();
        read(log).headMap(endOffset, false).forEach((offset, entry) -> {
            assertThat(seen.put(entry.key, offset))
                    .as("%s: earlier record of %s at %d", as, entry.key, offset)
                    .isNull();
            if (entry.value == null) {
                assertThat(offset).as("%s: tombstone of %s", as, entry.key).isGreaterThanOrEqualTo(tombstonesGoneBelow);
            }
        });
    }

    /** Checks that the last batch of each producer is still recognized as a duplicate. */
    void checkProducers(Log log, long nowMs, String as) throws IOException {
        for (Map.Entry<Long, ByteBuffer> producer : lastBatches.entrySet()) {
            ByteBuffer again = ByteBuffer.allocate(producer.getValue().remaining());
            again.put(producer.getValue().duplicate()).flip();
            assertThat(log.appendAsLeader(again, log.epochs().latest(), nowMs))
                    .as("%s: last batch of producer %d", as, producer.getKey())
                    .isInstanceOf(AppendResult.Duplicate.class);
        }
    }

    private void checkTimestamps(Log log, NavigableMap<Long, Entry> found, String as) throws IOException {
        for (int i = 0; i < 3 && !appended.isEmpty(); i++) {
            long wanted = appended.lastEntry().getValue().timestampMs - random.nextInt(200_000);
            Long expected = found.tailMap(log.logStartOffset(), true).entrySet().stream()
                    .filter(each -> each.getValue().timestampMs >= wanted)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
            assertThat(log.offsetForTimestamp(wanted)
                            .map(TimestampedOffset::offset)
                            .orElse(null))
                    .as("%s: first offset from time %d", as, wanted)
                    .isEqualTo(expected);
        }
    }

    /** A read at any offset of the log starts with the batch that covers it, or with the next one. */
    private void checkReads(Log log, String as) throws IOException {
        if (log.logEndOffset() == log.logStartOffset()) {
            return;
        }
        long offset = random.nextLong(log.logStartOffset(), log.logEndOffset());
        Long next = read(log).ceilingKey(offset);
        try (LogSlice slice = log.read(offset, 1, Long.MAX_VALUE, true)) {
            RecordBatch first = RecordBatches.of(slice.toBuffer()).iterator().next();
            assertThat(first.lastOffset()).as("%s: read at %d", as, offset).isGreaterThanOrEqualTo(offset);
            if (next != null) {
                assertThat(first.baseOffset()).as("%s: read at %d", as, offset).isLessThanOrEqualTo(next);
            }
        }
    }

    /** The records of a log from its start, by offset. */
    static NavigableMap<Long, Entry> read(Log log) throws IOException {
        NavigableMap<Long, Entry> found = new TreeMap<>();
        Decompressor decompressor = new Decompressor(1 << 20);
        for (ByteBuffer batch : Batches.read(log)) {
            RecordCursor record = RecordCursor.of(RecordBatch.at(batch), decompressor);
            while (record.next()) {
                if (record.offset() >= log.logStartOffset()) {
                    byte[] value = record.valueCopy();
                    found.put(
                            record.offset(),
                            new Entry(
                                    text(record.keyCopy()), value == null ? null : text(value), record.timestampMs()));
                }
            }
        }
        return found;
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
