package io.tailrace.agent.parse;

import io.tailrace.schemas.Schemas;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Accepts every line unchanged. */
final class RawParser implements LineParser {
    @Override
    public Schema schema() {
        return Schemas.RAW_LINE;
    }

    @Override
    public Outcome parse(String line, long readMs) {
        return event(line, Map.of(), readMs);
    }

    static Event event(String line, Map<String, String> fields, long eventTimeMs) {
        GenericRecord record = new GenericData.Record(Schemas.RAW_LINE);
        record.put("eventTime", eventTimeMs);
        record.put("line", line);
        record.put("fields", fields);
        return new Event(record, eventTimeMs);
    }
}
