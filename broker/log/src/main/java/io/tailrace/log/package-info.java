/**
 * The log of a partition: segments, indexes, transactions, recovery, retention and compaction, in Kafka's formats ({@code docs/format.md}).
 *
 * <p>Invariants: a batch is readable only once all its bytes are in the file. Offsets only grow. An index can always be rebuilt
 * from its segment, and a reader always checks the batch that an entry points to. Everything below the recovery point is forced
 * to disk, and the next start does not read it again. The chain of segments decides which files belong to the log
 * ({@code docs/adr/0106}). A failure of one file never takes the log directory offline ({@link io.tailrace.log.FailureScope}).
 *
 * <p>Threading: one lock per partition guards appends, rolls and truncations. Readers take no lock and see a consistent pair of
 * offset and position. The package starts no thread: slow work runs on the caller's executor, and the caller's scheduler calls
 * maintenance and checkpoints and passes the time. Do not interrupt a thread inside this package, because the JDK then closes the
 * file for all threads.
 *
 * <p>This package uses no network, no ZooKeeper, no high watermark and no wall clock.
 */
@NullMarked
package io.tailrace.log;

import org.jspecify.annotations.NullMarked;
