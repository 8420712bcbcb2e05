package io.tailrace.agent.parse;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses lines of {@code key=value} with spaces between them. A value in double quotes may contain spaces and the escapes of JSON
 * and Go. A word without {@code =} is a key with an empty value. Of several values of one key, the last one counts.
 */
final class LogfmtParser extends FieldsParser {

    LogfmtParser(Optional<TimeField> time, FixedFields fixed) {
        super(time, fixed);
    }

    @Override
    @Nullable
    String fields(String line, Map<String, String> fields) {
        Pairs pairs = new Pairs(line);
        boolean any = false;
        while (pairs.next()) {
            fields.put(pairs.key, pairs.value);
            any |= pairs.hasValue;
        }
        if (pairs.fault != null) {
            return pairs.fault;
        }
        return any ? null : "expected key=value";
    }

    /** The pairs of a line, one after the other. */
    private static final class Pairs {
        private final String line;
        private int at;
        private String key = "";
        private String value = "";
        private boolean hasValue;
        private @Nullable String fault;

        private Pairs(String line) {
            this.line = line;
        }

        /** Moves to the next pair. Returns false at the end, and at a {@link #fault}. */
        private boolean next() {
            while (at < line.length() && line.charAt(at) <= ' ') {
                at++;
            }
            if (at == line.length()) {
                return false;
            }
            int start = at;
            while (at < line.length() && line.charAt(at) > ' ' && line.charAt(at) != '=') {
                if (line.charAt(at) == '"') {
                    return fail("unexpected quote", start);
                }
                at++;
            }
            key = line.substring(start, at);
            hasValue = at < line.length() && line.charAt(at) == '=';
            value = "";
            if (key.isEmpty()) {
                return fail("expected a key before '='", start);
            }
            if (!hasValue) {
                return true;
            }
            at++;
            boolean isQuoted = at < line.length() && line.charAt(at) == '"';
            return isQuoted ? quoted() : plain();
        }

        private boolean plain() {
            int start = at;
            while (at < line.length() && line.charAt(at) > ' ') {
                if (line.charAt(at) == '"') {
                    return fail("unexpected quote in the value of " + key, at);
                }
                at++;
            }
            value = line.substring(start, at);
            return true;
        }

        private boolean quoted() {
            int start = at++;
            StringBuilder text = new StringBuilder();
            while (at < line.length() && line.charAt(at) != '"') {
                char c = line.charAt(at++);
                if (c != '\\') {
                    text.append(c);
                } else if (!escape(text)) {
                    return fail("unknown escape in the value of " + key, at);
                }
            }
            if (at >= line.length()) {
                return fail("expected a quote at the end of the value of " + key, start);
            }
            at++;
            if (at < line.length() && line.charAt(at) > ' ') {
                return fail("expected a space after the value of " + key, at);
            }
            value = text.toString();
            return true;
        }

        /** Reads an escape behind its backslash. Returns whether it is one. */
        private boolean escape(StringBuilder text) {
            if (at == line.length()) {
                return false;
            }
            char c = line.charAt(at++);
            int single = "\"\\/'abfnrtv".indexOf(c);
            if (single >= 0) {
                text.append("\"\\/'\u0007\b\f\n\r\t\u000b".charAt(single));
                return true;
            }
            int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
            if (digits == 0 || line.length() - at < digits) {
                return false;
            }
            long code = 0;
            for (int end = at + digits; at < end; at++) {
                int digit = Character.digit(line.charAt(at), 16);
                if (digit < 0) {
                    return false;
                }
                code = (code << 4) | digit;
            }
            // Go writes a byte that is not text as \x.
            boolean isText = code <= Character.MAX_CODE_POINT && (c != 'x' || code < 0x80);
            text.appendCodePoint(isText ? (int) code : FieldsParser.REPLACEMENT);
            return true;
        }

        private boolean fail(String reason, int place) {
            fault = "not logfmt: " + reason + ", at character " + (place + 1);
            return false;
        }
    }
}
