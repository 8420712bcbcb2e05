package io.tailrace.protocol.codec;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes that are not the message they should be. The message names the field, the byte, and what was expected.
 *
 * <p>It has no stack trace: whoever sends the bytes chooses how often it is thrown.
 */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final transient Deque<String> path = new ArrayDeque<>();

    MalformedMessageException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    /** Adds the enclosing field to the left of the path. */
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
