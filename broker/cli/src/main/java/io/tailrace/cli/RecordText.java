package io.tailrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.client.ConsumerRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Formats records as text. A decoder, if present, decodes the values that are in its format. Bytes that are not UTF-8 are
 * shown in base64, under a name that ends in {@code Base64}.
 */
final class RecordText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Optional<ValueDecoder> decoder;

    RecordText(Optional<ValueDecoder> decoder) {
        this.decoder = decoder;
    }

    /** The value, or empty text for a tombstone. */
    String value(ConsumerRecord record) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        putValue(shown, record.value());
        Object text = shown.values().iterator().next();
        return text == null ? "" : text.toString();
    }

    /** The record as a JSON object. */
    String json(ConsumerRecord record) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("topic", record.topicPartition().topic());
        shown.put("partition", record.topicPartition().partition());
        shown.put("offset", record.offset());
        shown.put("timestamp", record.timestampMs());
        put(shown, "key", record.key());
        putValue(shown, record.value());
        List<Map<String, @Nullable Object>> headers = record.headers().stream()
                .map(header -> {
                    Map<String, @Nullable Object> one = new LinkedHashMap<>();
                    one.put("key", header.key());
                    put(one, "value", header.value());
                    return one;
                })
                .toList();
        shown.put("headers", headers);
        try {
            return JSON.writeValueAsString(shown);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + record, e);
        }
    }

    private void putValue(Map<String, @Nullable Object> shown, byte @Nullable [] value) {
        if (value == null || decoder.isEmpty()) {
            put(shown, "value", value);
            return;
        }
        try {
            shown.put("value", JSON.readTree(decoder.get().json(value)));
        } catch (IllegalArgumentException | JsonProcessingException e) {
            put(shown, "value", value);
        }
    }

    private static void put(Map<String, @Nullable Object> shown, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            shown.put(name, null);
            return;
        }
        try {
            shown.put(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            shown.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
