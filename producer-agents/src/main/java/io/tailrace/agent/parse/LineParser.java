package io.tailrace.agent.parse;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Parses lines of one format into records of one schema. Not thread-safe. */
public interface LineParser {

    /** The schema of every record. */
    Schema schema();

    /**
     * Parses a line.
     *
     * @param line without its line end
     * @param readMs when it was read, which is the event time of a line without a time
     */
    Outcome parse(String line, long readMs);

    /** The result of parsing a line. */
    sealed interface Outcome {}

    /**
     * A record that still lacks {@code host}, {@code file} and {@code byteOffset}.
     *
     * @param record of the parser's schema
     * @param eventTimeMs the event time, which is in the record too
     */
    record Event(GenericRecord record, long eventTimeMs) implements Outcome {}

    /**
     * The line does not have the format.
     *
     * @param reason why, in one line
     */
    record Rejected(String reason) implements Outcome {}
}
