/**
 * Judges histories with transactions in the categories of Jepsen's Kafka test.
 *
 * <p>Clients report each operation when they begin it and when its answer has come, to a {@link
 * io.tailrace.replication.history.transactions.TransactionHistory}. The order of these reports is the only time there is: an
 * operation precedes another if it was answered before the other began. An operation without an answer may or may not have
 * happened.
 *
 * <p>The checks need time in the order of n log n. Dependency cycles are strongly connected components. Whether a log is
 * linearizable is decided from offsets, which say where an operation stands in the only order that is possible.
 *
 * <p>Like {@code io.tailrace.replication.history}, this knows neither brokers nor clients.
 */
@NullMarked
package io.tailrace.replication.history.transactions;

import org.jspecify.annotations.NullMarked;
