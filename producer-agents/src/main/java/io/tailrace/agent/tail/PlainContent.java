package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that is not compressed. */
final class PlainContent implements Content {
    private final FileChannel channel;

    PlainContent(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(long position, byte[] target, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, 0, length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.position();
    }

    @Override
    public long end() throws IOException {
        return channel.size();
    }

    @Override
    public boolean isCompressed() {
        return false;
    }

    /** It is truncated, or rewritten. */
    @Override
    public boolean mayHaveChanged() {
        return true;
    }

    @Override
    public boolean isIncompleteBehind(long position) throws IOException {
        return channel.size() > position;
    }

    @Override
    public boolean endsBefore(long position) throws IOException {
        return channel.size() < position;
    }

    @Override
    public boolean isFinished() {
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
