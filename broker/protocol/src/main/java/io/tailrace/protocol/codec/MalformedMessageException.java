package io.tailrace.protocol.codec;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes are not a valid message. The exception's message names the field, the byte and what was expected.
 *
 * <p>It has no stack trace, because a hostile client may cause it at any rate.
 */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final transient Deque<String> path = new ArrayDeque<>();

    MalformedMessageException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    /** Prepends the enclosing field to the path. */
    MalformedMessageException within(String field) {
        path.addFirst(field);
        return this;
    }

    @Override
    public String getMessage() {
        if (path.isEmpty()) {
            return problem;
        }
        StringBuilder fields = new StringBuilder();
        for (String field : path) {
            fields.append(fields.isEmpty() || field.startsWith("[") ? "" : ".").append(field);
        }
        return fields + ": " + problem;
    }
}
