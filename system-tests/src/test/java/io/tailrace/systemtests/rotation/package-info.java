/**
 * Logs that are written and rotated in every usual way, and a judge of what an agent has made of them.
 *
 * <p>{@link io.tailrace.systemtests.rotation.WritingProgram} writes numbered lines to a log and rotates it.
 * {@link io.tailrace.systemtests.rotation.WrittenLog} keeps what was written where, before it is written.
 * {@link io.tailrace.systemtests.rotation.RowReader} reads topics with Apache Kafka's consumer and gives each row to the
 * {@link io.tailrace.systemtests.rotation.RowJudge}, which compares the two. None of this uses the agent's code, or reads files.
 */
@NullMarked
package io.tailrace.systemtests.rotation;

import org.jspecify.annotations.NullMarked;
