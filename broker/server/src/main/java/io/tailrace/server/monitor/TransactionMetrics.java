package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.shard.ShardStatus;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.server.transaction.Transactions;
import io.tailrace.transactions.CountTransactions;
import java.util.List;
import java.util.Locale;

/** Metrics of this broker as a coordinator of transactions. */
final class TransactionMetrics {
    private static final double MS_PER_SECOND = 1000;

    private static final String TRANSACTIONS = "tailrace_transaction";
    private static final List<String> STATE = List.of("state");

    private final Transactions transactions;
    private final Clocks clocks;

    private final ShardAnswers<CountTransactions.Answer, CountTransactions.Answer> counts;

    TransactionMetrics(Transactions transactions, Clocks clocks) {
        this.transactions = transactions;
        this.clocks = clocks;
        counts = new ShardAnswers<>(
                answers -> transactions.coordinator().queryAll(new CountTransactions(), answers),
                new CountTransactions.Answer(0, 0),
                (answers, last) -> answers.map(TransactionMetrics::sum).orElse(last),
                clocks.steadyMs());
    }

    void register(Metrics metrics) {
        TransactionCoordinator coordinator = transactions.coordinator();
        metrics.gauges(
                TRANSACTIONS + "_partitions",
                "Partitions of __transaction_state that this broker leads.",
                STATE,
                samples -> {
                    for (ShardStatus.State state : ShardStatus.State.values()) {
                        long count = coordinator.shards().stream()
                                .filter(shard -> shard.state() == state)
                                .count();
                        samples.add(count, state.name().toLowerCase(Locale.ROOT));
                    }
                });
        metrics.gauge(
                TRANSACTIONS + "_partition_load_seconds_max",
                "The longest of the last loads of these partitions, in seconds.",
                () -> coordinator.shards().stream()
                                .mapToLong(ShardStatus::loadMs)
                                .max()
                                .orElse(0)
                        / MS_PER_SECOND);
        metrics.gauge(
                TRANSACTIONS + "_ids", "Transactional ids.", () -> counts.get().ids());
        metrics.gauge(TRANSACTIONS + "s_open", "Transactions that have begun and are not complete.", () -> counts.get()
                .open());
        metrics.gauge(
                TRANSACTIONS + "_markers_owed",
                "Markers that ended transactions owe to partitions, those on their way included.",
                () -> transactions.markersOwed().owed());
        metrics.gauge(TRANSACTIONS + "_markers_sent", "Markers that are on their way.", () -> transactions
                .markersOwed()
                .sent());
        metrics.gauge(
                TRANSACTIONS + "_marker_age_seconds_max",
                "How long the oldest of these markers has been owed, in seconds.",
                () -> oldestMs() / MS_PER_SECOND);
    }

    private long oldestMs() {
        long sinceMs = transactions.markersOwed().oldestMs();
        return sinceMs == Long.MAX_VALUE ? 0 : Math.max(0, clocks.steadyMs().getAsLong() - sinceMs);
    }

    private static CountTransactions.Answer sum(List<CountTransactions.Answer> answers) {
        return new CountTransactions.Answer(
                answers.stream().mapToInt(CountTransactions.Answer::open).sum(),
                answers.stream().mapToInt(CountTransactions.Answer::ids).sum());
    }
}
