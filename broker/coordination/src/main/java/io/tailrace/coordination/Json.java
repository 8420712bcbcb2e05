package io.tailrace.coordination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes JSON objects. Reading is total: whatever another tool wrote gives a value, an {@link IOException} or an
 * {@link IllegalArgumentException}.
 */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** A new object with this format version. */
    static ObjectNode create(int version) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", version);
        return json;
    }

    static byte[] bytes(ObjectNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + json, e);
        }
    }

    static JsonNode parse(byte[] data) throws IOException {
        JsonNode json;
        try {
            json = MAPPER.readTree(data);
        } catch (JsonProcessingException e) {
            throw new IOException("expected a JSON object: " + e.getOriginalMessage(), e);
        }
        if (!json.isObject()) {
            throw new IOException("expected a JSON object, found '" + json + "'");
        }
        return json;
    }

    static JsonNode required(JsonNode json, String field) throws IOException {
        JsonNode value = json.get(field);
        if (value == null) {
            throw new IOException("field '" + field + "' is missing in " + json);
        }
        return value;
    }

    static ArrayNode array(List<Integer> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    /** The elements of an array; empty if {@code array} is something else. */
    static List<Integer> integers(JsonNode array) {
        List<Integer> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asInt()));
        return values;
    }
}
