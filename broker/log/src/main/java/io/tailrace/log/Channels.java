package io.tailrace.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Whole reads and writes at a position: a channel may do less than asked. */
final class Channels {
    private Channels() {}

    /** Fills the buffer from a position of the file. */
    static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException("file ends at byte " + at + ", " + target.remaining() + " bytes are missing");
            }
            at += read;
        }
    }

    /** Writes what the buffer holds to a position of the file. */
    static void writeFully(FileChannel channel, ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }
}
