package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the records of each process stand in the order in which it sent them. */
final class SendOrderCheck<V> {
    private final TransactionHistory<V> history;
    private final Findings findings;
    private final Map<ClientProcess, Map<PartitionLog<V>, Send<V>>> last = new HashMap<>();

    SendOrderCheck(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
    }

    void check(WriteOrder writeOrder) {
        for (Send<V> send : history.sends) {
            if (send.offset() == Send.NONE) {
                continue;
            }
            Send<V> before = last.computeIfAbsent(send.transaction().process(), process -> new HashMap<>())
                    .put(send.log(), send);
            if (before != null) {
                checkOrder(before, send);
                if (writeOrder == WriteOrder.SERIAL) {
                    checkNothingBetween(before, send);
                }
            }
        }
    }

    private void checkOrder(Send<V> before, Send<V> send) {
        if (send.offset() < before.offset()) {
            findings.add(
                    isInternal(before, send) ? Anomaly.INT_NONMONOTONIC_SEND : Anomaly.NONMONOTONIC_SEND,
                    send.log(),
                    () -> "%s sent %s after %s".formatted(send.transaction().process(), send, before));
        }
    }

    private void checkNothingBetween(Send<V> before, Send<V> send) {
        if (!isInternal(before, send)) {
            return;
        }
        List<Send<V>> between = send.log().visibleBetween(before.offset(), send.offset());
        if (!between.isEmpty()) {
            findings.add(Anomaly.INT_SEND_SKIP, send.log(), () -> "%s stands between %s and %s of %s"
                    .formatted(between.get(0), before, send, send.transaction()));
        }
    }

    private static boolean isInternal(Send<?> before, Send<?> send) {
        return before.transaction() == send.transaction();
    }
}
