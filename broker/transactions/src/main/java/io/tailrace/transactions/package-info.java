/**
 * The rules of transactions: a {@link io.tailrace.transactions.TransactionsShard} for each partition of {@code __transaction_state}.
 *
 * <p>A {@link io.tailrace.transactions.Transaction} is the state of a transactional id, and nothing but what its newest record says.
 * Each kind of request is an operation or a query in its own file. {@link io.tailrace.transactions.TransactionState} lists the states
 * and their transitions.
 *
 * <p>A transaction that is to end owes markers to its partitions. They follow from the committed state alone:
 * {@link io.tailrace.transactions.OwedMarkers} names them, {@link io.tailrace.transactions.MarkersWritten} reports those that have
 * arrived, and the last one completes the transaction. So nothing about markers has to survive a failover.
 *
 * <p>Nothing here knows the network, a clock, threads or files; time is an argument.
 */
@NullMarked
package io.tailrace.transactions;

import org.jspecify.annotations.NullMarked;
