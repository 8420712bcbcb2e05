package io.tailrace.replication.history;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.History.Reading;
import io.tailrace.replication.history.History.Send;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Compares what was sent to one partition, and read from it, with what it holds at the end. */
final class PartitionCheck<V> {
    private static final String AT_END = "the log at the end";

    private final TopicPartition partition;
    private final Map<V, Send<V>> sends;
    private final List<Entry<V>> log;
    private final TreeMap<Long, V> valueAt = new TreeMap<>();
    private final Map<V, List<Long>> offsetsOf = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    PartitionCheck(TopicPartition partition, Map<V, Send<V>> sends, List<Entry<V>> log) {
        this.partition = partition;
        this.sends = sends;
        this.log = log;
        for (Entry<V> entry : log) {
            valueAt.putIfAbsent(entry.offset(), entry.value());
            offsetsOf.computeIfAbsent(entry.value(), value -> new ArrayList<>()).add(entry.offset());
        }
    }

    List<Violation> check(Map<V, OptionalLong> acknowledged, Collection<Reading<V>> readings) {
        Reading<V> whole = new Reading<>(AT_END, log);
        checkOffsetsIncrease(whole);
        checkEachWasSent(whole);
        checkEachStandsOnce();
        checkOrderOfEachProducer();
        acknowledged.forEach(this::checkAcknowledged);
        for (Reading<V> reading : readings) {
            checkOffsetsIncrease(reading);
            checkEachWasSent(reading);
            checkAgreesWithLog(reading);
            checkNothingPassedOver(reading);
        }
        return violations;
    }

    private void checkOffsetsIncrease(Reading<V> reading) {
        long last = -1;
        for (Entry<V> entry : reading.entries()) {
            if (entry.offset() <= last) {
                report(
                        Anomaly.REORDERED,
                        "%s gave offset %d after %d".formatted(reading.reader(), entry.offset(), last));
            }
            last = entry.offset();
        }
    }

    private void checkEachWasSent(Reading<V> reading) {
        for (Entry<V> entry : reading.entries()) {
            if (!sends.containsKey(entry.value())) {
                report(
                        Anomaly.PHANTOM,
                        "%s has %s at %d, which was never sent here"
                                .formatted(reading.reader(), entry.value(), entry.offset()));
            }
        }
    }

    private void checkEachStandsOnce() {
        offsetsOf.forEach((value, offsets) -> {
            if (offsets.size() > 1) {
                report(Anomaly.DUPLICATED, "%s stands at %s".formatted(value, offsets));
            }
        });
    }

    /** A repeated record counts where it stands first: that it stands again is another violation. */
    private void checkOrderOfEachProducer() {
        Map<String, Send<V>> latest = new HashMap<>();
        Set<V> passed = new HashSet<>();
        for (Entry<V> entry : log) {
            Send<V> send = sends.get(entry.value());
            if (send == null || !passed.add(entry.value())) {
                continue;
            }
            Send<V> before = latest.get(send.producer());
            if (before != null && before.number() > send.number()) {
                report(
                        Anomaly.REORDERED,
                        "%s by %s stands at %d, behind %s, which was sent later"
                                .formatted(send.value(), send.producer(), entry.offset(), before.value()));
            } else {
                latest.put(send.producer(), send);
            }
        }
    }

    private void checkAcknowledged(V value, OptionalLong offset) {
        List<Long> found = offsetsOf.get(value);
        String where = offset.isPresent() ? " at " + offset.getAsLong() : "";
        if (found == null) {
            report(Anomaly.LOST, "%s was acknowledged%s and is gone".formatted(value, where));
        } else if (offset.isPresent() && !found.contains(offset.getAsLong())) {
            report(Anomaly.INCONSISTENT_OFFSET, "%s was acknowledged%s, stands at %s".formatted(value, where, found));
        }
    }

    private void checkAgreesWithLog(Reading<V> reading) {
        for (Entry<V> entry : reading.entries()) {
            V kept = valueAt.get(entry.offset());
            if (kept != null && !kept.equals(entry.value())) {
                report(
                        Anomaly.INCONSISTENT_OFFSET,
                        "%s got %s at %d, where %s stands at the end"
                                .formatted(reading.reader(), entry.value(), entry.offset(), kept));
            } else if (kept == null && !offsetsOf.containsKey(entry.value())) {
                report(
                        Anomaly.LOST,
                        "%s got %s at %d, and it is gone".formatted(reading.reader(), entry.value(), entry.offset()));
            } else if (kept == null) {
                report(
                        Anomaly.INCONSISTENT_OFFSET,
                        "%s got %s at %d, it stands at %s"
                                .formatted(
                                        reading.reader(), entry.value(), entry.offset(), offsetsOf.get(entry.value())));
            }
        }
    }

    /** Between the first and the last offset that a reader got there is nothing that it did not get. */
    private void checkNothingPassedOver(Reading<V> reading) {
        Set<Long> got = new HashSet<>();
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Entry<V> entry : reading.entries()) {
            got.add(entry.offset());
            first = Math.min(first, entry.offset());
            last = Math.max(last, entry.offset());
        }
        if (got.isEmpty()) {
            return;
        }
        valueAt.subMap(first, true, last, true).forEach((offset, value) -> {
            if (!got.contains(offset)) {
                report(Anomaly.LOST, "%s passed over %s at %d".formatted(reading.reader(), value, offset));
            }
        });
    }

    private void report(Anomaly anomaly, String detail) {
        violations.add(new Violation(anomaly, partition, detail));
    }
}
