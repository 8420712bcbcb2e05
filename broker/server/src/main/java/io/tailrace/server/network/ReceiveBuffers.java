package io.tailrace.server.network;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Sizes of the buffers that connections read into: larger for a connection that fills them, and small for all connections while
 * the budget for received bytes is exhausted. So the received bytes that wait to be handled are bounded by the budget plus one
 * small buffer for each connection.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int BYTES_MIN = 4 * 1024;
    private static final int BYTES_MAX = 256 * 1024;
    private static final int FACTOR = 4;

    private final ByteBudget received;

    ReceiveBuffers(ByteBudget received) {
        this.received = received;
    }

    @Override
    @SuppressWarnings("deprecation") // the type that the overridden method returns
    public Handle newHandle() {
        return new MaxMessageHandle() {
            private int bytes = BYTES_MIN;

            @Override
            public int guess() {
                return received.isExhausted() ? BYTES_MIN : bytes;
            }

            @Override
            public void lastBytesRead(int read) {
                if (read == attemptedBytesRead()) {
                    bytes = Math.min(BYTES_MAX, bytes * FACTOR);
                } else if (read < bytes / (FACTOR * FACTOR)) {
                    bytes = Math.max(BYTES_MIN, bytes / FACTOR);
                }
                super.lastBytesRead(read);
            }
        };
    }
}
