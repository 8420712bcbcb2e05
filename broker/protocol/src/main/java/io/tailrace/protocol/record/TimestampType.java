package io.tailrace.protocol.record;

/** The meaning of a record's timestamp (KIP-32). */
public enum TimestampType {
    /** The time the producer set. */
    CREATE_TIME("CreateTime"),
    /** The time at which the leader appended the batch, the same for all its records. */
    LOG_APPEND_TIME("LogAppendTime");

    private final String configName;

    TimestampType(String configName) {
        this.configName = configName;
    }

    /** The value of {@code message.timestamp.type}. */
    public String configName() {
        return configName;
    }
}
