package io.tailrace.agent.tail;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A gzip'd file, decompressed as it is read: members one after another, and no error where it is still being written.
 */
final class GzipContent implements Content {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long NEVER = -1;

    private final FileChannel channel;
    private @Nullable InputStream stream;
    private long streamPosition;
    /** The file's size when the stream last ended, or {@link #NEVER}; more can only come when the size has changed. */
    private long endedAtSizeBytes = NEVER;

    private long endedAtPosition;
    private boolean finished;

    GzipContent(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public int read(long position, byte[] target, int length) throws IOException {
        if (channel.size() == endedAtSizeBytes && position >= endedAtPosition) {
            return 0;
        }
        if (stream == null || position < streamPosition || ended()) {
            reopen();
        }
        return skipTo(position) ? fill(target, length) : 0;
    }

    private boolean ended() {
        return endedAtSizeBytes != NEVER;
    }

    private void reopen() {
        // The channel stays open: it is what keeps a deleted file's bytes.
        stream = null;
        streamPosition = 0;
        endedAtSizeBytes = NEVER;
        finished = false;
    }

    private InputStream stream() throws IOException {
        if (stream == null) {
            channel.position(0);
            stream = new GZIPInputStream(Channels.newInputStream(channel), BUFFER_BYTES);
        }
        return stream;
    }

    private boolean skipTo(long position) throws IOException {
        byte[] skipped = new byte[BUFFER_BYTES];
        while (streamPosition < position) {
            if (next(skipped, 0, (int) Math.min(skipped.length, position - streamPosition)) <= 0) {
                return false;
            }
        }
        return true;
    }

    private int fill(byte[] target, int length) throws IOException {
        int filled = 0;
        while (filled < length) {
            int count = next(target, filled, length - filled);
            if (count <= 0) {
                break;
            }
            filled += count;
        }
        return filled;
    }

    private int next(byte[] target, int offset, int length) throws IOException {
        long sizeBytes = channel.size();
        try {
            int count = stream().read(target, offset, length);
            if (count < 0) {
                end(sizeBytes);
                finished = true;
            } else {
                streamPosition += count;
            }
            return count;
        } catch (EOFException e) {
            // Still being written: what is there has been read, and the rest comes when the file has grown.
            end(sizeBytes);
            stream = null;
            return 0;
        } catch (IOException e) {
            end(sizeBytes);
            stream = null;
            throw e;
        }
    }

    private void end(long sizeBytes) {
        endedAtSizeBytes = sizeBytes;
        endedAtPosition = streamPosition;
    }

    @Override
    public boolean endsBefore(long position) throws IOException {
        return finished && channel.size() == endedAtSizeBytes && endedAtPosition < position;
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
