package io.tailrace.loader.table;

import java.io.IOException;

/** A topic's events that no table can hold. The message names topic, field, problem and remedy. Nothing was written. */
public final class RefusedSchemaException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param field the path of the field, such as {@code parts[].of}; empty for the event itself
     * @param problem what was found and expected
     * @param remedy what to do
     */
    RefusedSchemaException(String topic, String field, String problem, String remedy) {
        super("topic " + topic + (field.isEmpty() ? "" : ", field " + field) + ": " + problem + ". " + remedy
                + ". Nothing of this topic was loaded");
    }
}
