package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * In which order the files and pipes of a source are read: first the one that was read longest ago, a chunk of each in turn. So neither a
 * large backlog nor many files hold up one that has little. Not thread-safe.
 */
final class ReadTurns {
    /** A file that has not grown for this long is not read again before a scan finds that it has. */
    private static final long POLLED_MS = 10_000;

    private final int chunksInFlightMax;
    /** Open files that may have something to read; those that were read last are last. */
    private final Set<FollowedFile> polled = new LinkedHashSet<>();
    /** Those whose turn comes in this step. */
    private final ArrayDeque<FollowedFile> turns = new ArrayDeque<>();

    /** @param chunksInFlightMax how many chunks of a file may be sent and not acknowledged */
    ReadTurns(int chunksInFlightMax) {
        this.chunksInFlightMax = chunksInFlightMax;
    }

    /** Adds an open file that has grown, or may grow. */
    void add(FollowedFile file) {
        polled.add(file);
    }

    /** Begins a step, in which each file has a turn, and further ones as long as it has more. */
    void begin(Moment now) {
        polled.removeIf(file -> file.content() == null || isQuiet(file, now));
        turns.clear();
        turns.addAll(polled);
    }

    private static boolean isQuiet(FollowedFile file, Moment now) {
        // No scan finds that a file without a name has grown.
        return file.state() == State.LISTED && file.isAtEnd() && file.growth().quietMs(now) > POLLED_MS;
    }

    /** The file to be read next; empty if all have had their turns. */
    Optional<FollowedFile> next() {
        FollowedFile file = turns.poll();
        while (file != null && (file.content() == null || file.chunksInFlight() >= chunksInFlightMax)) {
            file = turns.poll();
        }
        return Optional.ofNullable(file);
    }

    /** A chunk of a file was read: others are read before it is read again. */
    void wasRead(FollowedFile file) {
        polled.remove(file);
        polled.add(file);
        turns.add(file);
    }
}
