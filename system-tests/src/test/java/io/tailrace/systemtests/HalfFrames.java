package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections to a broker, each with half of a frame that never ends. */
final class HalfFrames implements AutoCloseable {
    private static final int FRAME_BYTES = 1 << 20;

    private final List<SocketChannel> channels = new ArrayList<>();

    /** Opens {@code count} connections and sends on each as much of half a frame as the broker takes at once. */
    static HalfFrames send(LocalBroker broker, int count) throws IOException {
        HalfFrames halfFrames = new HalfFrames();
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(broker.socketAddress());
                halfFrames.channels.add(channel);
                channel.configureBlocking(false);
                // A frame that begins with zeros is a Produce request: the largest that a client may send.
                ByteBuffer half = ByteBuffer.allocate(4 + FRAME_BYTES / 2).putInt(0, FRAME_BYTES);
                while (half.hasRemaining() && channel.write(half) > 0) {}
            }
            return halfFrames;
        } catch (IOException | RuntimeException e) {
            halfFrames.close();
            throw e;
        }
    }

    /** Sends one more byte on the first connection, unless the broker has closed it. */
    void drip() {
        try {
            channels.get(0).write(ByteBuffer.allocate(1));
        } catch (IOException closed) {
            // closedByPeer counts it.
        }
    }

    /** How many of the connections the broker has closed. */
    long closedByPeer() {
        return channels.stream().filter(HalfFrames::isClosedByPeer).count();
    }

    private static boolean isClosedByPeer(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
