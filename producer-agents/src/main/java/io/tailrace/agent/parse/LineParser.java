package io.tailrace.agent.parse;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Makes records of one schema from lines of one format. Not thread-safe. */
public interface LineParser {

    /** The schema of every record. */
    Schema schema();

    /**
     * Parses a line.
     *
     * @param line without its line end
     * @param readMs when it was read: the event time of a line that has none
     */
    Outcome parse(String line, long readMs);

    /** What has become of a line. */
    sealed interface Outcome {}

    /**
     * A record, complete but for {@code host}, {@code file} and {@code byteOffset}.
     *
     * @param record of the parser's schema
     * @param eventTimeMs when it happened, as the record says too
     */
    record Event(GenericRecord record, long eventTimeMs) implements Outcome {}

    /**
     * No record.
     *
     * @param reason what was expected, in one line
     */
    record Rejected(String reason) implements Outcome {}
}
