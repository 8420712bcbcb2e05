package io.tailrace.agent.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses one JSON object per line. Its members become fields: text as it is, other values as JSON. Members that are null
 * are left out.
 */
final class JsonParser extends FieldsParser {
    private static final ObjectReader READER =
            new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    JsonParser(Optional<TimeField> time) {
        super(time);
    }

    @Override
    @Nullable
    String fields(String line, Map<String, String> fields) {
        JsonNode node;
        try {
            node = READER.readTree(line);
        } catch (JsonProcessingException e) {
            return "not JSON: " + e.getOriginalMessage();
        }
        if (node == null || !node.isObject()) {
            return "not a JSON object";
        }
        node.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (!value.isNull()) {
                fields.put(member.getKey(), value.isTextual() ? value.textValue() : value.toString());
            }
        });
        return null;
    }
}
