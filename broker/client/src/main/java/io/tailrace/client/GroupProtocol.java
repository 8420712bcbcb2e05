package io.tailrace.client;

import java.util.Locale;

/** How a consumer takes part in its group. */
public enum GroupProtocol {
    /** By the consumer protocol if the group's coordinator supports it, else by the classic one. */
    AUTO,
    /** The coordinator assigns partitions (KIP-848). */
    CONSUMER,
    /** A member assigns partitions, by range: JoinGroup and SyncGroup. */
    CLASSIC;

    static GroupProtocol parse(String text) {
        for (GroupProtocol protocol : values()) {
            if (protocol.name().toLowerCase(Locale.ROOT).equals(text)) {
                return protocol;
            }
        }
        throw new IllegalArgumentException("expected auto, consumer or classic");
    }
}
