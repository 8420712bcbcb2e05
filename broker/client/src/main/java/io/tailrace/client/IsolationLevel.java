package io.tailrace.client;

import io.tailrace.protocol.message.FetchRequest;

/** Which records of transactions a reader gets (KIP-98). Records outside of transactions are read at both levels. */
public enum IsolationLevel {
    /** All of them, up to the high watermark. */
    READ_UNCOMMITTED,
    /** Those of committed transactions, up to the last stable offset: below it, every transaction is decided. */
    READ_COMMITTED;

    /** The number in requests. */
    byte wire() {
        return this == READ_COMMITTED ? FetchRequest.READ_COMMITTED : 0;
    }

    /** Reads {@code read_uncommitted} or {@code read_committed}. */
    public static IsolationLevel parse(String value) {
        return switch (value) {
            case "read_uncommitted" -> READ_UNCOMMITTED;
            case "read_committed" -> READ_COMMITTED;
            default -> throw new IllegalArgumentException("expected read_uncommitted or read_committed");
        };
    }
}
