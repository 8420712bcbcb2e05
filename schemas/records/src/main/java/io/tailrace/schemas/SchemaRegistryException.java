package io.tailrace.schemas;

/** The registry refused, answered what is none, or could not be reached. */
public final class SchemaRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The error code where there was no answer of the registry's. */
    public static final int NO_ANSWER = -1;

    /** The error code where the registry answered with a schema that is none of Avro's. */
    public static final int NOT_AVRO = -2;

    /** The registry's own code for an id that it never gave out. */
    public static final int SCHEMA_NOT_FOUND = 40403;

    private final int errorCode;

    /**
     * Tells what went wrong.
     *
     * @param errorCode the registry's own code, as {@link #SCHEMA_NOT_FOUND}, {@link #NOT_AVRO} or {@link #NO_ANSWER}
     */
    public SchemaRegistryException(int errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** Tells that there was no answer. */
    public SchemaRegistryException(String message, Throwable cause) {
        super(message, cause);
        this.errorCode = NO_ANSWER;
    }

    /** The registry's own code, as 409 for an incompatible schema, {@link #NOT_AVRO} or {@link #NO_ANSWER}. */
    public int errorCode() {
        return errorCode;
    }

    /** Whether the same request may succeed later. */
    public boolean isRetriable() {
        return errorCode == NO_ANSWER || errorCode / 100 == 5 || errorCode / 10_000 == 5 || errorCode == 429;
    }
}
