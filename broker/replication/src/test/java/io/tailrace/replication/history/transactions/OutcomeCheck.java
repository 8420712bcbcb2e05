package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll.Read;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether exactly what was committed is visible: no aborted or early record, nothing lost, no transaction in part. */
final class OutcomeCheck<V> {
    private final TransactionHistory<V> history;
    private final Findings findings;

    OutcomeCheck(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
    }

    void check() {
        for (Poll<V> poll : history.polls) {
            if (poll.reader().isCommitted()) {
                check(poll);
            }
        }
        for (PartitionLog<V> log : history.logs.values()) {
            for (Entry<V> entry : log.atEnd()) {
                checkMayBeVisible("the end", log, entry);
            }
        }
        history.transactions.forEach(this::checkWhole);
    }

    private void check(Poll<V> poll) {
        for (Read<V> read : poll.reads()) {
            for (Entry<V> entry : read.entries()) {
                Send<V> send = checkMayBeVisible(poll, read.log(), entry);
                if (send != null) {
                    checkIsCommitted(poll, send);
                    checkIsKept(poll, send);
                }
            }
        }
    }

    /** The send of a record that may be visible. */
    private @Nullable Send<V> checkMayBeVisible(Object where, PartitionLog<V> log, Entry<V> entry) {
        Send<V> send = history.sendOf(entry.value());
        if (send == null || send.log() != log) {
            return null;
        }
        if (!send.mayBeVisible()) {
            findings.add(
                    Anomaly.G1A, log, () -> "%s has %s, whose %s".formatted(where, send, describe(send.transaction())));
            return null;
        }
        return send;
    }

    private static String describe(Transaction<?> transaction) {
        return transaction + " was " + transaction.outcome();
    }

    private void checkIsCommitted(Poll<V> poll, Send<V> send) {
        if (send.transaction() == poll.transaction()) {
            findings.add(Anomaly.PRECOMMITTED_READ, send.log(), () -> "%s got %s, which it sent itself"
                    .formatted(poll, send));
        } else if (poll.answeredAt() < send.transaction().commitAskedAt()
                && !send.transaction().isAlone()) {
            findings.add(Anomaly.PRECOMMITTED_READ, send.log(), () -> "%s got %s before %s asked to commit"
                    .formatted(poll, send, send.transaction()));
        }
    }

    private void checkIsKept(Poll<V> poll, Send<V> send) {
        if (!send.isAtEnd() && send.offset() >= send.log().startOffset()) {
            findings.add(Anomaly.LOST, send.log(), () -> "%s got %s, which is gone".formatted(poll, send));
        }
    }

    private void checkWhole(Transaction<V> transaction) {
        if (!transaction.mayBeVisible()) {
            return;
        }
        List<Send<V>> missing = transaction.sends().stream()
                .filter(send -> send.wasAcknowledged()
                        && !send.isAtEnd()
                        && send.acknowledgedOffset() >= send.log().startOffset())
                .toList();
        Send<V> seen = missing.isEmpty()
                ? null
                : transaction.sends().stream().filter(Send::isAtEnd).findFirst().orElse(null);
        for (Send<V> send : missing) {
            if (seen != null) {
                findings.add(Anomaly.G1B, send.log(), () -> "the end has %s and not %s, both of which %s sent"
                        .formatted(seen, send, transaction));
            } else if (transaction.isCommitted()) {
                findings.add(Anomaly.LOST, send.log(), () -> "%s is gone, and its %s"
                        .formatted(send, describe(transaction)));
            }
        }
    }
}
