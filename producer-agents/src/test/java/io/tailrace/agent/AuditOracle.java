package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Compares what an agent stated in the audit with the records that are in the topics. */
final class AuditOracle {
    private final Topics topics;
    private final List<Stored> stored;
    private final Map<Long, GenericRecord> counts = new TreeMap<>();

    /** The names of the topics. */
    record Topics(String lines, String deadLetters, String counts, String progress) {}

    /** A record of any topic, and its value decoded. */
    record Stored(String topic, long timestampMs, byte[] bytes, GenericRecord value) {}

    /** A topic and a window's start. */
    record Window(String topic, long startMs) {}

    AuditOracle(Topics topics, List<Stored> stored) {
        this.topics = topics;
        this.stored = stored;
        for (GenericRecord count : values(topics.counts)) {
            GenericRecord same = counts.putIfAbsent((Long) count.get("sequence"), count);
            assertThat(same == null ? count : same)
                    .as("count that is sent again")
                    .isEqualTo(count);
        }
    }

    /** What an agent of a harness has sent. */
    static AuditOracle of(AgentHarness harness) {
        return of(stored(harness));
    }

    /** @param stored what an agent of a harness has sent */
    static AuditOracle of(List<Stored> stored) {
        return new AuditOracle(
                new Topics(AgentHarness.TOPIC, AgentHarness.DEAD_LETTERS, AgentHarness.AUDIT, AgentHarness.PROGRESS),
                stored);
    }

    /** The records that an agent of a harness has sent. */
    static List<Stored> stored(AgentHarness harness) {
        return harness.producer.written.stream()
                .filter(record -> !record.topic().equals(FakeTransactions.TOPIC))
                .map(record -> new Stored(
                        record.topic(),
                        record.timestampMs().orElseThrow(),
                        Objects.requireNonNull(record.value()),
                        harness.decode(record)))
                .toList();
    }

    private List<GenericRecord> values(String topic) {
        return stored.stream()
                .filter(record -> record.topic.equals(topic))
                .map(Stored::value)
                .toList();
    }

    /** Checks everything that the agent stated, after it has sent and counted all lines. */
    void check(int lines) {
        Map<Window, ContentSum> sent = sums();
        assertThat(sent.values().stream().mapToLong(ContentSum::count).sum()).isEqualTo(lines);
        assertThat(counted(Long.MAX_VALUE)).isEqualTo(sent);
        long rejected = counts.values().stream()
                .filter(count -> count.get("topic").toString().equals(topics.lines))
                .mapToLong(count -> (Long) count.get("rejected"))
                .sum();
        assertThat(rejected)
                .isEqualTo(sent.entrySet().stream()
                        .filter(sum -> sum.getKey().topic().equals(topics.deadLetters))
                        .mapToLong(sum -> sum.getValue().count())
                        .sum());
        values(topics.progress).forEach(progress -> checkWindowsBefore(progress, sent));
    }

    /** The sums of the distinct records. A line that was sent twice must be the same record. */
    Map<Window, ContentSum> sums() {
        Map<List<Object>, ByteBuffer> distinct = new HashMap<>();
        Map<Window, ContentSum> sums = new HashMap<>();
        for (Stored record : stored) {
            if (!record.topic.equals(topics.lines) && !record.topic.equals(topics.deadLetters)) {
                continue;
            }
            GenericRecord value = record.value;
            ByteBuffer bytes = ByteBuffer.wrap(record.bytes);
            ByteBuffer same = distinct.putIfAbsent(
                    List.of(value.get("host"), value.get("fileId"), value.get("byteOffset")), bytes);
            if (same == null) {
                Window window =
                        new Window(record.topic, record.timestampMs - record.timestampMs % AuditLedger.WINDOW_MS);
                sums.merge(window, ContentSum.ZERO.plus(hash(record.bytes)), ContentSum::plus);
            } else {
                assertThat(bytes).as("record that is sent again: %s", value).isEqualTo(same);
            }
        }
        return sums;
    }

    private static ContentHash hash(byte[] framed) {
        int header = FramedAvroEncoder.HEADER_BYTES;
        return ContentHash.of(framed, header, framed.length - header);
    }

    /** The sums of the counts with sequences below a limit. */
    Map<Window, ContentSum> counted(long nextSequence) {
        Map<Window, ContentSum> counted = new HashMap<>();
        counts.forEach((sequence, count) -> {
            long lines = (Long) count.get("count");
            if (sequence < nextSequence && lines > 0) {
                byte[] sum = ((GenericData.Fixed) count.get("sum")).bytes();
                counted.merge(
                        new Window(count.get("topic").toString(), (Long) count.get("windowStart")),
                        ContentSum.of(lines, sum),
                        ContentSum::plus);
            }
        });
        return counted;
    }

    /** Every window that ends before the stated time was whole when that was stated. */
    private void checkWindowsBefore(GenericRecord progress, Map<Window, ContentSum> sent) {
        long readUpToMs = (Long) progress.get("readUpTo");
        Map<Window, ContentSum> counted = counted((Long) progress.get("nextSequence"));
        sent.forEach((window, sum) -> {
            boolean isStated = window.topic().equals(progress.get("topic").toString())
                    && window.startMs() + AuditLedger.WINDOW_MS <= readUpToMs;
            if (isStated) {
                assertThat(counted.get(window)).as("%s, %s", window, progress).isEqualTo(sum);
            }
        });
    }
}
