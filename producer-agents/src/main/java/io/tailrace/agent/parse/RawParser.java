package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.schemas.Schemas;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Accepts every line unchanged. */
final class RawParser implements LineParser {
    private final FixedFields fixed;

    RawParser(FixedFields fixed) {
        this.fixed = fixed;
    }

    @Override
    public Schema schema() {
        return Schemas.RAW_LINE;
    }

    @Override
    public @Nullable String parse(byte[] utf8, int from, int to, long readMs, RecordWriter out) {
        out.eventTime(readMs);
        out.text(utf8, from, to);
        fixed.write(out);
        return null;
    }
}
