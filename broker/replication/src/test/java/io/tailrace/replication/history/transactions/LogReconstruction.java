package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll.Read;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds where each value stands and which ones are visible, from acknowledgements, reads and the end. */
final class LogReconstruction<V> {
    private final TransactionHistory<V> history;
    private final Findings findings;

    LogReconstruction(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
    }

    void run() {
        history.sends.forEach(Send::reset);
        for (PartitionLog<V> log : history.logs.values()) {
            for (Entry<V> entry : log.atEnd()) {
                placeAtEnd(log, entry);
            }
        }
        for (Poll<V> poll : history.polls) {
            for (Read<V> read : poll.reads()) {
                for (Entry<V> entry : read.entries()) {
                    placeRead(poll, read.log(), entry);
                }
            }
        }
        Map<PartitionLog<V>, List<Send<V>>> placed = new HashMap<>();
        for (Send<V> send : history.sends) {
            if (send.offset() != Send.NONE) {
                placed.computeIfAbsent(send.log(), log -> new ArrayList<>()).add(send);
            }
        }
        placed.forEach(this::sort);
    }

    private void placeAtEnd(PartitionLog<V> log, Entry<V> entry) {
        Send<V> send = sendOf("the end", log, entry);
        if (send == null) {
            return;
        }
        place("the end", send, entry.offset(), send.isAtEnd() ? Anomaly.DUPLICATED : Anomaly.INCONSISTENT_OFFSET);
        send.atEnd();
        makeVisible(send);
    }

    private void placeRead(Poll<V> poll, PartitionLog<V> log, Entry<V> entry) {
        Send<V> send = sendOf(poll, log, entry);
        if (send == null) {
            return;
        }
        place(poll, send, entry.offset(), Anomaly.INCONSISTENT_OFFSET);
        if (poll.reader().isCommitted()) {
            makeVisible(send);
        }
    }

    private @Nullable Send<V> sendOf(Object where, PartitionLog<V> log, Entry<V> entry) {
        Send<V> send = history.sendOf(entry.value());
        if (send != null && send.log() == log) {
            return send;
        }
        findings.add(Anomaly.PHANTOM, log, () -> "%s has %s at %d, which was never sent here"
                .formatted(where, entry.value(), entry.offset()));
        return null;
    }

    private void place(Object where, Send<V> send, long offset, Anomaly otherwise) {
        if (send.offset() == Send.NONE) {
            send.standsAt(offset);
        } else if (send.offset() != offset) {
            findings.add(otherwise, send.log(), () -> "%s has %s at %d, it stands at %d"
                    .formatted(where, send.value(), offset, send.offset()));
        }
    }

    /** A record that must not be visible is reported once for each reader that got it; others need not have it. */
    private void makeVisible(Send<V> send) {
        if (send.mayBeVisible()) {
            send.visible();
        }
    }

    private void sort(PartitionLog<V> log, List<Send<V>> placed) {
        placed.sort(Comparator.comparingLong(Send::offset));
        for (int i = 1; i < placed.size(); i++) {
            Send<V> one = placed.get(i - 1);
            Send<V> other = placed.get(i);
            if (one.offset() == other.offset()) {
                findings.add(Anomaly.INCONSISTENT_OFFSET, log, () -> "%s and %s stand at %d"
                        .formatted(one.value(), other.value(), one.offset()));
            }
        }
        log.setVisible(placed.stream().filter(Send::isVisible).toList());
    }
}
