/**
 * A run for one topic: it finishes earlier commits, plans, has an engine run the tasks, and commits. A lock in ZooKeeper
 * keeps runs of a group from overlapping; the file system prevents a run that lost the lock from committing. What follows a load, and
 * the runs that only read or publish, such as an audit, are here as well.
 */
@NullMarked
package io.tailrace.loader.run;

import org.jspecify.annotations.NullMarked;
