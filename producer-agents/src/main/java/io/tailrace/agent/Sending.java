package io.tailrace.agent;

import io.tailrace.agent.tail.FileChunk;
import io.tailrace.agent.tail.Moment;
import java.util.List;
import java.util.stream.Stream;

/**
 * How lines that were read are sent, and become final, with what else the agent has to say: counts, statements and positions. Not
 * thread-safe; nothing waits.
 */
interface Sending {
    /** A chunk that was read of a source. */
    record Read(TailedSource source, FileChunk chunk) {}

    /**
     * Takes what brokers have answered.
     *
     * @return whether another step may have something to do at once
     */
    boolean takeAnswers(Moment now);

    /** Concludes what is due, before further lines are read. */
    void conclude(Moment now);

    /**
     * Makes positions safe, as far as that comes first, and sends.
     *
     * @param read is emptied if it is sent
     * @return whether another step may have something to do at once
     */
    boolean send(List<Read> read, Moment now);

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(Moment now);

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled();

    /** Whether no lines are in flight. */
    boolean isEmpty();

    /** How many lines would be sent again after a crash now, as far as the agent knows. */
    int linesInFlight();

    /** Whether counts or statements are sent and not acknowledged. */
    boolean hasCountsInFlight();

    /** How many chunks have become final. */
    long finalChunks();

    /**
     * Why nothing becomes final, beside what keeps single sources from it.
     *
     * @param silenceMs what has lasted for so long counts
     */
    Stream<String> problems(long steadyMs, long silenceMs);
}
