package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll.Read;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether each reader got every visible record from where it began, in order, and each transaction whole. */
final class ReaderCheck<V> {
    /** What a reader got last of a partition. */
    private record Position<V>(long offset, Poll<V> poll) {}

    /** What a reader did. */
    private static final class Progress<V> {
        private final Map<PartitionLog<V>, Position<V>> positions = new HashMap<>();
        /** Filled when something was passed over. */
        private @Nullable Set<Transaction<V>> seen;
    }

    private final TransactionHistory<V> history;
    private final Findings findings;
    private final Map<Reader, Progress<V>> readers = new HashMap<>();

    ReaderCheck(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
    }

    void check() {
        for (Poll<V> poll : history.polls) {
            Progress<V> progress = readers.computeIfAbsent(poll.reader(), reader -> new Progress<>());
            for (Read<V> read : poll.reads()) {
                for (Entry<V> entry : read.entries()) {
                    Position<V> before = progress.positions.put(read.log(), new Position<>(entry.offset(), poll));
                    if (before != null) {
                        checkStep(progress, read.log(), before, new Position<>(entry.offset(), poll));
                    }
                }
            }
        }
    }

    private void checkStep(Progress<V> progress, PartitionLog<V> log, Position<V> before, Position<V> now) {
        Poll<V> poll = now.poll();
        boolean internal = poll.transaction() == before.poll().transaction()
                && !poll.transaction().isAlone();
        if (now.offset() <= before.offset()) {
            findings.add(
                    internal ? Anomaly.INT_NONMONOTONIC_POLL : Anomaly.NONMONOTONIC_POLL,
                    log,
                    () -> "%s got offset %d after %d".formatted(poll, now.offset(), before.offset()));
            return;
        }
        for (Send<V> passed : log.visibleBetween(before.offset(), now.offset())) {
            if (seen(progress, poll.reader()).contains(passed.transaction())) {
                findings.add(Anomaly.G1B, log, () -> "%s passed over %s, though its reader got other records of %s"
                        .formatted(poll, passed, passed.transaction()));
            } else {
                findings.add(
                        internal ? Anomaly.INT_POLL_SKIP : Anomaly.POLL_SKIP,
                        log,
                        () -> "%s passed over %s on the way from %d to %d"
                                .formatted(poll, passed, before.offset(), now.offset()));
            }
        }
    }

    /** The transactions of which this reader got something. */
    private Set<Transaction<V>> seen(Progress<V> progress, Reader reader) {
        if (progress.seen == null) {
            Set<Transaction<V>> seen = new HashSet<>();
            for (Poll<V> poll : history.polls) {
                if (poll.reader() == reader) {
                    poll.reads().stream()
                            .flatMap(read -> read.entries().stream())
                            .forEach(entry -> addTransaction(seen, entry.value()));
                }
            }
            progress.seen = seen;
        }
        return progress.seen;
    }

    private void addTransaction(Set<Transaction<V>> seen, V value) {
        Send<V> send = history.sendOf(value);
        if (send != null && !send.transaction().isAlone()) {
            seen.add(send.transaction());
        }
    }
}
