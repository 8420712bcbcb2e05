/**
 * The log of a partition: segments, indexes, recovery, retention, in Kafka's own formats ({@code docs/format.md}).
 *
 * <p>Invariants: a batch is readable only once all its bytes are in the file; offsets only grow; an index can always
 * be rebuilt from its segment and is never trusted without a look at the batch it points to; what was flushed lies
 * below the recovery point and is not read again at start.
 *
 * <p>Threading: one lock per partition for appends, roll, truncation; readers take no lock and see a consistent
 * (offset, position) pair. No thread is started here: slow work runs on the executor that the caller hands in, and
 * passes over time (retention, flush, checkpoints) are methods which the caller's scheduler calls with its clock.
 * Don't interrupt a thread that is inside: the JDK closes the file under everybody when that happens.
 *
 * <p>Knows no network, no ZooKeeper, no high watermark and no wall clock.
 */
@NullMarked
package io.tailrace.log;

import org.jspecify.annotations.NullMarked;
