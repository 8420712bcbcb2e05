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
 * Formats records as text. A decoder, if present, decodes the values; what it cannot decode is a fault. Without a decoder,
 * bytes that are not UTF-8 are shown in base64, under a name that ends in {@code Base64}.
 */
final class RecordText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Optional<ValueDecoder> decoder;

    RecordText(Optional<ValueDecoder> decoder) {
        this.decoder = decoder;
    }

    /**
     * A record as text.
     *
     * @param text empty if the value alone was to be shown and was not decoded
     * @param fault why the value was not decoded; empty if it was, or needed no decoder
     */
    record Line(Optional<String> text, Optional<String> fault) {}

    /**
     * The value, or empty text for a tombstone.
     *
     * @throws ValueDecoder.UnavailableException if no value can be decoded now
     */
    Line value(ConsumerRecord record) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        Optional<String> fault = putValue(shown, record.value());
        if (fault.isPresent()) {
            return new Line(Optional.empty(), fault);
        }
        Object text = shown.values().iterator().next();
        return new Line(Optional.of(text == null ? "" : text.toString()), fault);
    }

    /**
     * The record as a JSON object. A value that is not decoded is shown as it is, after the reason in {@code valueError}.
     *
     * @throws ValueDecoder.UnavailableException if no value can be decoded now
     */
    Line json(ConsumerRecord record) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("topic", record.topicPartition().topic());
        shown.put("partition", record.topicPartition().partition());
        shown.put("offset", record.offset());
        shown.put("timestamp", record.timestampMs());
        put(shown, "key", record.key());
        Optional<String> fault = putValue(shown, record.value());
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
            return new Line(Optional.of(JSON.writeValueAsString(shown)), fault);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + record, e);
        }
    }

    /** Returns why the value was not decoded. */
    private Optional<String> putValue(Map<String, @Nullable Object> shown, byte @Nullable [] value) {
        if (value == null || decoder.isEmpty()) {
            put(shown, "value", value);
            return Optional.empty();
        }
        try {
            shown.put("value", JSON.readTree(decoder.get().json(value)));
            return Optional.empty();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            String reason = String.valueOf(e.getMessage());
            shown.put("valueError", reason);
            if (isBinary(value)) {
                shown.put("valueBase64", Base64.getEncoder().encodeToString(value));
            } else {
                put(shown, "value", value);
            }
            return Optional.of(reason);
        }
    }

    private static boolean isBinary(byte[] value) {
        for (byte each : value) {
            if (each == 0) {
                return true;
            }
        }
        return false;
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
