package io.tailrace.loader.run;

/** Under which subject producers register the schemas of a topic's values. */
public enum SubjectStrategy {
    /** {@link #TOPIC} if that subject has a schema; otherwise the subjects that own the ids in the records. */
    AUTO,
    /** {@code TOPIC-value}. */
    TOPIC,
    /** The full name of the record type. */
    RECORD,
    /** {@code TOPIC-} and the full name of the record type. */
    TOPIC_RECORD
}
