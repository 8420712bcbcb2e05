package io.tailrace.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Complete reads and writes at a position. A single call of a channel may read or write less than requested. */
final class Channels {
    private Channels() {}

    /** Fills the buffer from a position of the file. */
    static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException(
                        "expected " + target.remaining() + " more bytes, found the end of the file at byte " + at);
            }
            at += read;
        }
    }

    /** Writes the buffer at a position of the file. */
    static void writeFully(FileChannel channel, ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }
}
