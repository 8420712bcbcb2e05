package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll.Read;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Whether each log is linearizable: appends, questions for its end, and fetches took effect one after another, each between its
 * beginning and its answer.
 *
 * <p>Offsets leave one order: the append at offset x comes after the one at x-1, an end offset of x between them, and a fetch that
 * got x after the append at x. Such an order exists exactly if no operation was answered before one began that comes before it. An
 * append without an answer that nobody saw has no place, and one that was seen may have happened at any time since it began.
 *
 * <p>Readers of committed records see another log, in which a record is appended after its producer asked to commit. An
 * acknowledged commit need not be visible yet, so such appends have no latest time.
 */
final class LinearizabilityCheck<V> {
    /**
     * An operation in the order.
     *
     * @param place twice the offset for an end, one more for an append
     * @param begunAt its earliest time
     * @param answeredAt its latest time
     */
    private record Step(Object what, Anomaly kind, long place, long begunAt, long answeredAt) {}

    /** A fetch that did not reach the end does not bound what comes behind it. */
    private static final long AT_ANY_TIME = Long.MIN_VALUE;

    private final TransactionHistory<V> history;
    private final Findings findings;

    LinearizabilityCheck(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
    }

    void check() {
        checkOrder(steps(false, Send::begunAt, send -> send.wasAcknowledged() ? send.answeredAt() : Transaction.NEVER));
        checkOrder(steps(true, send -> send.transaction().commitAskedAt(), send -> Transaction.NEVER));
    }

    private Map<PartitionLog<V>, List<Step>> steps(
            boolean committed, ToLongFunction<Send<V>> begunAt, ToLongFunction<Send<V>> answeredAt) {
        Map<PartitionLog<V>, List<Step>> steps = new HashMap<>();
        for (Send<V> send : history.sends) {
            if (committed ? send.isVisible() : send.offset() != Send.NONE) {
                add(
                        steps,
                        send.log(),
                        new Step(
                                send,
                                Anomaly.APPEND_NOT_LINEARIZABLE,
                                2 * send.offset() + 1,
                                begunAt.applyAsLong(send),
                                answeredAt.applyAsLong(send)));
            }
        }
        for (EndOffset<V> end : history.endOffsets) {
            if (end.isAnswered() && end.isCommitted() == committed) {
                add(
                        steps,
                        end.log(),
                        new Step(
                                end,
                                Anomaly.END_OFFSET_NOT_LINEARIZABLE,
                                2 * end.offset(),
                                end.begunAt(),
                                end.answeredAt()));
            }
        }
        for (Poll<V> poll : history.polls) {
            if (!committed || poll.reader().isCommitted()) {
                addReads(steps, poll, poll.reader().isCommitted() == committed);
            }
        }
        return steps;
    }

    private void addReads(Map<PartitionLog<V>, List<Step>> steps, Poll<V> poll, boolean withEnd) {
        for (Read<V> read : poll.reads()) {
            if (withEnd && read.end().isPresent()) {
                add(steps, read.log(), fetch(poll, 2 * read.end().getAsLong(), poll.begunAt()));
            }
            long last = Send.NONE;
            for (Entry<V> entry : read.entries()) {
                last = Math.max(last, entry.offset());
            }
            if (last != Send.NONE) {
                add(steps, read.log(), fetch(poll, 2 * last + 2, AT_ANY_TIME));
            }
        }
    }

    private static Step fetch(Poll<?> poll, long place, long begunAt) {
        return new Step(poll, Anomaly.FETCH_NOT_LINEARIZABLE, place, begunAt, poll.answeredAt());
    }

    private void add(Map<PartitionLog<V>, List<Step>> steps, PartitionLog<V> log, Step step) {
        steps.computeIfAbsent(log, key -> new ArrayList<>()).add(step);
    }

    private void checkOrder(Map<PartitionLog<V>, List<Step>> steps) {
        steps.forEach((log, ofLog) -> {
            ofLog.sort(Comparator.comparingLong(Step::place));
            checkOrder(log, ofLog);
        });
    }

    /** Each step is compared with the latest one of each kind that comes before it. */
    private void checkOrder(PartitionLog<V> log, List<Step> sorted) {
        Map<Anomaly, Step> latest = new EnumMap<>(Anomaly.class);
        int from = 0;
        while (from < sorted.size()) {
            int to = from;
            for (;
                    to < sorted.size()
                            && sorted.get(to).place() == sorted.get(from).place();
                    to++) {
                Step step = sorted.get(to);
                latest.values().forEach(earlier -> checkIsBefore(log, earlier, step));
            }
            for (Step step : sorted.subList(from, to)) {
                latest.merge(step.kind(), step, (one, other) -> one.begunAt() < other.begunAt() ? other : one);
            }
            from = to;
        }
    }

    private void checkIsBefore(PartitionLog<V> log, Step earlier, Step later) {
        if (later.answeredAt() < earlier.begunAt()) {
            findings.add(kind(earlier, later), log, () -> "%s comes before %s, but began after the answer of that one"
                    .formatted(earlier.what(), later.what()));
        }
    }

    private static Anomaly kind(Step one, Step other) {
        return one.kind().compareTo(other.kind()) > 0 ? one.kind() : other.kind();
    }
}
