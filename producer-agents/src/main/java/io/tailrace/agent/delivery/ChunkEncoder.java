package io.tailrace.agent.delivery;

import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.tail.Chunk;
import org.jspecify.annotations.Nullable;

/** Encodes the lines of a source. The same line always gives the same record. Not thread-safe. */
public interface ChunkEncoder {

    /** The topic of the lines. */
    String topic();

    /** The topic of the lines that cannot become records of {@link #topic}. */
    String deadLetterTopic();

    /** The record that was encoded last. */
    RecordWriter record();

    /** Whether a line is sent at all, as a record or a dead letter. */
    boolean keeps(Origin origin, Chunk chunk, int line);

    /**
     * Encodes a line as a record of its topic.
     *
     * @param line its index in the chunk
     * @return null, or in one line why it cannot become a record: {@link #record} is then of no use
     */
    @Nullable
    String encode(Origin origin, Chunk chunk, int line);

    /** Encodes the dead letter of a line. */
    void encodeDeadLetter(Origin origin, Chunk chunk, int line, String reason);
}
