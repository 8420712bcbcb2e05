package io.tailrace.agent.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses one JSON object per line. Its members become fields: text without its quotes and escapes, other values as the line has
 * them. Members that are null are left out. Of several members of one name, the last one counts.
 */
final class JsonParser extends FieldsParser {
    /** Numbers are copied, so that they may have any length. The depth is bounded. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    JsonParser(Optional<TimeField> time, FixedFields fixed) {
        super(time, fixed);
    }

    @Override
    @Nullable
    String fields(String line, Map<String, String> fields) {
        try (com.fasterxml.jackson.core.JsonParser json = FACTORY.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "not a JSON object";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                String value = value(json, line);
                if (value == null) {
                    fields.remove(name);
                } else {
                    fields.put(name, value);
                }
            }
            return json.nextToken() == null ? null : "not JSON: expected the end of the line after the object";
        } catch (JsonProcessingException e) {
            return "not JSON: " + e.getOriginalMessage();
        } catch (IOException e) {
            throw new UncheckedIOException("text in memory cannot be read", e);
        }
    }

    private static @Nullable String value(com.fasterxml.jackson.core.JsonParser json, String line) throws IOException {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token.isScalarValue()) {
            return json.getText();
        }
        int start = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        return line.substring(start, (int) json.currentLocation().getCharOffset());
    }
}
