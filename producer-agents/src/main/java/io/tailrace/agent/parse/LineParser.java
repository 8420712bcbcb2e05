package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Parses lines of one format into records of one schema. Not thread-safe. */
public interface LineParser {

    /** The schema of every record. It begins with the fields of an {@link io.tailrace.agent.encode.Origin}, then the event time. */
    Schema schema();

    /**
     * Parses a line, and writes the fields of its record after those of its origin.
     *
     * @param utf8 holds the line without its line end, from {@code from} to before {@code to}; valid UTF-8
     * @param readMs when it was read, which is the event time of a line without a time
     * @param out a record that has begun; what was written of a line that is rejected must not be used
     * @return null, or in one line why the line does not have the format
     */
    @Nullable
    String parse(byte[] utf8, int from, int to, long readMs, RecordWriter out);
}
