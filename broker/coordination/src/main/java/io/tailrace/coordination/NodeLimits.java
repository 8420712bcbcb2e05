package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;

/**
 * How large nodes and transactions may be. ZooKeeper closes the connection of a client that sends more than 1 MiB at once
 * ({@code jute.maxbuffer}), and the whole broker shares that connection: what is too large is refused before it is sent.
 */
final class NodeLimits {
    /** Assignment of one topic. The rest of a transaction is left for settings or partition states. */
    static final int ASSIGNMENT_BYTES_MAX = 640 * 1024;

    static final int CONFIG_BYTES_MAX = 128 * 1024;

    /** All paths and data of one transaction, or one node. */
    static final int TRANSACTION_BYTES_MAX = 1_000_000;

    private NodeLimits() {}

    static void checkAssignment(ErrorCode error, String topic, byte[] data) {
        check(error, "assignment of topic " + topic, data, ASSIGNMENT_BYTES_MAX, "use fewer partitions or replicas");
    }

    static void checkConfigs(ErrorCode error, String what, byte[] data) {
        check(error, "settings to " + what, data, CONFIG_BYTES_MAX, "use fewer or shorter settings");
    }

    private static void check(ErrorCode error, String what, byte[] data, int bytesMax, String advice) {
        if (data.length > bytesMax) {
            throw new TopicException(
                    error,
                    what + " must fit in " + bytesMax + " bytes in ZooKeeper, needs " + data.length + ": " + advice);
        }
    }
}
