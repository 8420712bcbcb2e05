package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.DependencyGraph.Edge;
import io.tailrace.replication.history.transactions.Poll.Read;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds cycles of transactions that each precede the next one. Nodes are the transactions that may be committed; behind them in the
 * numbering are moments: one for each transaction that ended, so that the order in time takes only a few edges per transaction.
 */
final class CycleCheck<V> {
    /** The second read what the first sent. */
    private static final int READ = 1;
    /** A record of the second stands right after one of the first. */
    private static final int WRITE = 2;
    /** One process did the first before the second. */
    private static final int PROCESS = 4;
    /** The first ended before the second began. */
    private static final int REALTIME = 8;

    private static final int STARTS_TRIED_MAX = 16;

    /** A class of cycles. */
    private record Kind(Anomaly anomaly, int edges) {}

    private static final List<Kind> OF_WRITES = List.of(
            new Kind(Anomaly.G0, WRITE),
            new Kind(Anomaly.G0_PROCESS, WRITE | PROCESS),
            new Kind(Anomaly.G0_REALTIME, WRITE | PROCESS | REALTIME));
    private static final List<Kind> OF_READS_TOO = List.of(
            new Kind(Anomaly.G1C, WRITE | READ),
            new Kind(Anomaly.G1C_PROCESS, WRITE | READ | PROCESS),
            new Kind(Anomaly.G1C_REALTIME, WRITE | READ | PROCESS | REALTIME));

    private final TransactionHistory<V> history;
    private final Findings findings;
    private final List<Transaction<V>> nodes;
    private final DependencyGraph graph;

    CycleCheck(TransactionHistory<V> history, Findings findings) {
        this.history = history;
        this.findings = findings;
        nodes = history.transactions.stream().filter(Transaction::mayBeVisible).toList();
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).setNode(i);
        }
        graph = new DependencyGraph(2 * nodes.size());
    }

    void check(WriteOrder writeOrder) {
        addReads();
        addProcesses();
        addTime();
        if (writeOrder == WriteOrder.SERIAL) {
            addWrites();
        }
        graph.complete();
        if (graph.components(READ | WRITE | PROCESS | REALTIME).isEmpty()) {
            return;
        }
        BitSet reported = new BitSet();
        if (writeOrder == WriteOrder.SERIAL) {
            OF_WRITES.forEach(kind -> report(kind, reported));
        }
        OF_READS_TOO.forEach(kind -> report(kind, reported));
    }

    private void addReads() {
        for (int i = 0; i < nodes.size(); i++) {
            for (Poll<V> poll : nodes.get(i).polls()) {
                addReads(poll, i);
            }
        }
    }

    private void addReads(Poll<V> poll, int node) {
        if (!poll.reader().isCommitted()) {
            return;
        }
        for (Read<V> read : poll.reads()) {
            int before = -1;
            for (Entry<V> entry : read.entries()) {
                Send<V> send = history.sendOf(entry.value());
                int writer = send == null ? -1 : send.transaction().node();
                if (writer >= 0 && writer != before) {
                    graph.add(writer, node, READ);
                }
                before = writer;
            }
        }
    }

    private void addWrites() {
        for (PartitionLog<V> log : history.logs.values()) {
            for (int i = 1; i < log.visible().size(); i++) {
                int one = log.visible().get(i - 1).transaction().node();
                int other = log.visible().get(i).transaction().node();
                graph.add(one, other, WRITE);
            }
        }
    }

    private void addProcesses() {
        Map<ClientProcess, Integer> last = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            Transaction<V> node = nodes.get(i);
            Integer before = last.get(node.process());
            if (before != null && nodes.get(before).endedAt() < node.begunAt()) {
                graph.add(before, i, PROCESS);
            }
            if (node.endedAt() != Transaction.NEVER) {
                last.put(node.process(), i);
            }
        }
    }

    private void addTime() {
        List<Transaction<V>> byEnd = new ArrayList<>(nodes);
        byEnd.sort(Comparator.comparingLong(Transaction::endedAt));
        int ended = 0;
        for (Transaction<V> node : nodes) {
            for (; ended < byEnd.size() && byEnd.get(ended).endedAt() < node.begunAt(); ended++) {
                graph.add(byEnd.get(ended).node(), moment(ended), REALTIME);
                if (ended > 0) {
                    graph.add(moment(ended - 1), moment(ended), REALTIME);
                }
            }
            if (ended > 0) {
                graph.add(moment(ended - 1), node.node(), REALTIME);
            }
        }
    }

    /** The node of the moment at which a transaction ended, in the order of their ends. */
    private int moment(int number) {
        return nodes.size() + number;
    }

    private void report(Kind kind, BitSet reported) {
        for (int[] component : graph.components(kind.edges())) {
            if (Arrays.stream(component).noneMatch(reported::get)) {
                Arrays.stream(component).forEach(reported::set);
                report(kind, shortest(component, kind.edges()));
            }
        }
    }

    private List<Edge> shortest(int[] component, int kinds) {
        return Arrays.stream(component)
                .filter(this::isTransaction)
                .limit(STARTS_TRIED_MAX)
                .mapToObj(start -> graph.cycle(start, component, kinds))
                .min(Comparator.comparingInt(List::size))
                .orElseThrow();
    }

    private void report(Kind kind, List<Edge> cycle) {
        List<String> reasons = new ArrayList<>();
        PartitionLog<V> log = null;
        for (Edge edge : cycle) {
            Send<V> witness = witness(edge);
            if (witness != null && log == null) {
                log = witness.log();
            }
            reasons.add(reason(edge, witness));
        }
        reasons.removeIf(String::isEmpty);
        findings.add(kind.anomaly(), Objects.requireNonNull(log), () -> String.join("; ", reasons));
    }

    private boolean isTransaction(int node) {
        return node < nodes.size();
    }

    private String reason(Edge edge, @Nullable Send<V> witness) {
        String first = isTransaction(edge.from()) ? nodes.get(edge.from()).toString() : "";
        String second = isTransaction(edge.to()) ? nodes.get(edge.to()).toString() : "";
        return switch (edge.kind()) {
            case READ -> "%s read %s, which %s sent".formatted(second, witness, first);
            case WRITE -> "%s of %s stands after a record of %s".formatted(witness, second, first);
            case PROCESS -> "%s came before %s".formatted(first, second);
            default -> first.isEmpty() ? second.isEmpty() ? "" : second + " began" : first + " ended, and later";
        };
    }

    /** The record that shows why an edge exists; null for one of time. */
    private @Nullable Send<V> witness(Edge edge) {
        if (edge.kind() == READ) {
            return nodes.get(edge.to()).polls().stream()
                    .flatMap(poll -> poll.reads().stream())
                    .flatMap(read -> read.entries().stream())
                    .map(entry -> history.sendOf(entry.value()))
                    .filter(send -> send != null && send.transaction() == nodes.get(edge.from()))
                    .findFirst()
                    .orElse(null);
        }
        if (edge.kind() == WRITE) {
            return nodes.get(edge.to()).sends().stream()
                    .filter(send -> send.isVisible() && followsOneOf(send, nodes.get(edge.from())))
                    .findFirst()
                    .orElse(null);
        }
        return null;
    }

    private boolean followsOneOf(Send<V> send, Transaction<V> transaction) {
        List<Send<V>> before = send.log().visibleBetween(Send.NONE, send.offset());
        return !before.isEmpty() && before.get(before.size() - 1).transaction() == transaction;
    }
}
