package io.tailrace.cli;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;

/**
 * How far a group is behind in a partition.
 *
 * @param partition the partition
 * @param current the committed offset
 * @param end the high watermark
 * @param lag records beyond the committed offset; all records if nothing is committed
 * @param lagMs how long the oldest of them has been waiting
 * @param verdict what the recent commits say
 * @param reason what a number cannot say, such as why one is missing; empty for nothing
 * @param isFaulty whether the partition should have answered and did not, or has no such committed offset
 */
record LagRow(
        TopicPartition partition,
        OptionalLong current,
        OptionalLong end,
        OptionalLong lag,
        OptionalLong lagMs,
        LagVerdict verdict,
        String reason,
        boolean isFaulty) {

    /** Whether it is over a limit or wrong in another way. A lag of unknown age is over any limit of age. */
    boolean isOver(long recordsMax, long lagMsMax) {
        boolean isTooOld = lagMs.isPresent() ? lagMs.getAsLong() > lagMsMax : lagMsMax != Long.MAX_VALUE;
        return isFaulty || verdict != LagVerdict.OK || lag.orElse(0) > recordsMax || (lag.orElse(0) > 0 && isTooOld);
    }
}
