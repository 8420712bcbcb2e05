package io.tailrace.schemas;

/** The registry refused a request, gave an invalid response, or could not be reached. */
public final class SchemaRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The error code if there was no valid response. */
    public static final int NO_ANSWER = -1;

    /** The error code if the registry returned a schema that is not Avro, or whose references do not resolve. */
    public static final int NOT_AVRO = -2;

    /** The registry's code for an unknown subject. */
    public static final int SUBJECT_NOT_FOUND = 40401;

    /** The registry's code for an unknown version. */
    public static final int VERSION_NOT_FOUND = 40402;

    /** The registry's code for an unknown id. */
    public static final int SCHEMA_NOT_FOUND = 40403;

    private final int errorCode;

    /**
     * A failed request.
     *
     * @param errorCode the registry's code, as {@link #SCHEMA_NOT_FOUND}, or {@link #NOT_AVRO} or {@link #NO_ANSWER}
     */
    public SchemaRegistryException(int errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** A request without a response. */
    public SchemaRegistryException(String message, Throwable cause) {
        super(message, cause);
        this.errorCode = NO_ANSWER;
    }

    /** The registry's code, as 409 for an incompatible schema, or {@link #NOT_AVRO} or {@link #NO_ANSWER}. */
    public int errorCode() {
        return errorCode;
    }

    /** Whether the same request may succeed later: the registry cannot be reached, or has a fault of its own. */
    public boolean isRetriable() {
        return errorCode == NO_ANSWER || errorCode / 100 == 5 || errorCode / 10_000 == 5 || errorCode == 429;
    }

    /**
     * Whether the registry answered that it does not have the subject, version or id. A wrong address, where another
     * server answers, has the code 404 and is not this.
     */
    public boolean isUnknown() {
        return errorCode == SUBJECT_NOT_FOUND || errorCode == VERSION_NOT_FOUND || errorCode == SCHEMA_NOT_FOUND;
    }
}
