package io.tailrace.protocol.record;

/** What a record's timestamp stands for (KIP-32). */
public enum TimestampType {
    /** The time its producer gave it. */
    CREATE_TIME("CreateTime"),
    /** The time the leader appended its batch; every record of the batch has the same. */
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
