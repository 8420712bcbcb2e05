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
 * A gzip file, decompressed as it is read: all its members, one after another. A file that is still being written ends
 * where it ends now, without an error.
 */
final class GzipContent implements Content {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long NEVER = -1;

    private final FileChannel channel;
    private @Nullable InputStream stream;
    private long streamPosition;
    /** The file's size when the stream last ended, or {@link #NEVER}. Until the size changes there is nothing more. */
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
        if (stream == null || position < streamPosition || hasEnded()) {
            reopen();
        }
        return skipTo(position) ? fill(target, length) : 0;
    }

    private boolean hasEnded() {
        return endedAtSizeBytes != NEVER;
    }

    private void reopen() {
        // The channel stays open, since it keeps the bytes of a deleted file.
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
                noteEnd(sizeBytes);
                finished = true;
            } else {
                streamPosition += count;
            }
            return count;
        } catch (EOFException e) {
            // The file is still being written. Decompression starts anew when it has grown.
            noteEnd(sizeBytes);
            stream = null;
            return 0;
        } catch (IOException e) {
            noteEnd(sizeBytes);
            stream = null;
            throw e;
        }
    }

    private void noteEnd(long sizeBytes) {
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
