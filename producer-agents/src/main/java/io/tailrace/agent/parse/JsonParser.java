package io.tailrace.agent.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.tailrace.schemas.Schemas;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Parses one JSON object per line. Its members become fields: text as it is, other values as JSON. Members that are null
 * are left out.
 */
final class JsonParser implements LineParser {
    private static final ObjectReader READER =
            new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Optional<TimeField> time;

    JsonParser(Optional<TimeField> time) {
        this.time = time;
    }

    @Override
    public Schema schema() {
        return Schemas.RAW_LINE;
    }

    @Override
    public Outcome parse(String line, long readMs) {
        JsonNode node;
        try {
            node = READER.readTree(line);
        } catch (JsonProcessingException e) {
            return new Rejected("not JSON: " + e.getOriginalMessage());
        }
        if (node == null || !node.isObject()) {
            return new Rejected("not a JSON object");
        }
        Map<String, String> fields = new HashMap<>();
        node.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (!value.isNull()) {
                fields.put(member.getKey(), value.isTextual() ? value.textValue() : value.toString());
            }
        });
        return time.map(field -> field.event(line, fields)).orElseGet(() -> RawParser.event(line, fields, readMs));
    }
}
