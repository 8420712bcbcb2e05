package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.IsolationLevel;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The ends of logs that agents write in transactions. What an agent reports is committed, but the markers may reach the partitions of its
 * lines later than those of its reports, so the last stable offset alone would be below the lines that are reported.
 */
final class DecidedEnds {
    /** Markers follow a commit within milliseconds. A transaction whose producer has crashed stays open for longer. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(2);

    private static final long PAUSE_MS = 50;

    private DecidedEnds() {}

    /**
     * Reads the high watermarks, and waits for a short time until all transactions below them are decided.
     *
     * @return the high watermarks, exclusive: all that was acknowledged is below them, whether it is decided or not
     */
    static Map<TopicPartition, Long> await(Admin admin, Collection<TopicPartition> partitions) throws IOException {
        Map<TopicPartition, Long> ends = admin.latestOffsets(partitions);
        long pausesMax = WAIT_MAX.toMillis() / PAUSE_MS;
        for (int pauses = 0; pauses < pausesMax && !areDecided(admin, ends); pauses++) {
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while transactions end");
            }
        }
        return ends;
    }

    private static boolean areDecided(Admin admin, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> stable = admin.latestOffsets(ends.keySet(), IsolationLevel.READ_COMMITTED);
        return ends.entrySet().stream().allMatch(end -> stable.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }
}
