package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A JSON value whose type is checked.
 *
 * @param where the path to it, as {@code files[3].mark}; empty for the root
 */
record CheckpointValue(String where, JsonNode node) {
    private static final int HASH_DIGITS = 32;
    private static final String HASH_ALPHABET = "0123456789abcdef";

    private IOException expected(String what) {
        return new IOException(where + (where.isEmpty() ? "" : ": ") + "expected " + what + ", found " + node);
    }

    /** Refuses any member but these. */
    void expectOnly(String... names) throws IOException {
        Set<String> known = Set.of(names);
        for (var members = node.fieldNames(); members.hasNext(); ) {
            String name = members.next();
            if (!known.contains(name)) {
                throw get(name).expected("no such field");
            }
        }
    }

    boolean has(String name) {
        return node.has(name);
    }

    CheckpointValue get(String name) throws IOException {
        if (!node.isObject()) {
            throw expected("an object");
        }
        CheckpointValue member = new CheckpointValue(where.isEmpty() ? name : where + "." + name, node.path(name));
        if (member.node.isMissingNode()) {
            throw new IOException(member.where + ": the field is missing");
        }
        return member;
    }

    List<CheckpointValue> elements() throws IOException {
        if (!node.isArray()) {
            throw expected("an array");
        }
        List<CheckpointValue> elements = new ArrayList<>();
        for (JsonNode element : node) {
            elements.add(new CheckpointValue(where + "[" + elements.size() + "]", element));
        }
        return elements;
    }

    String text() throws IOException {
        if (!node.isTextual() || node.textValue().isEmpty()) {
            throw expected("text");
        }
        return node.textValue();
    }

    String path() throws IOException {
        // Whether the locale has its characters is not asked: an agent with another locale may have written it.
        if (text().indexOf('\0') >= 0) {
            throw expected("a path");
        }
        return text();
    }

    String hash() throws IOException {
        String hash = text();
        boolean isHash = hash.length() == HASH_DIGITS;
        for (int at = 0; at < hash.length() && isHash; at++) {
            isHash = HASH_ALPHABET.indexOf(hash.charAt(at)) >= 0;
        }
        if (!isHash) {
            throw expected(HASH_DIGITS + " hexadecimal digits");
        }
        return hash;
    }

    long number(long min) throws IOException {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min) {
            throw expected(min == Long.MIN_VALUE ? "a whole number" : "a whole number from " + min);
        }
        return node.longValue();
    }

    boolean isNull() {
        return node.isNull();
    }

    boolean flag() throws IOException {
        if (!node.isBoolean()) {
            throw expected("true or false");
        }
        return node.booleanValue();
    }
}
