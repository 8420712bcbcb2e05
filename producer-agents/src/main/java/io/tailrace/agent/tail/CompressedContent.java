package io.tailrace.agent.tail;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive, decompressed as it is read: all its members, one after another, in one pass. A window of the bytes before the position is
 * kept, so that what is read again there, such as the beginning of a line or a fingerprint, is not decompressed again.
 *
 * <p>If new members are added, reading continues with them. If the file ended within a member, it is decompressed from its beginning once
 * it has grown: decoders cannot continue there. The same holds for a damaged archive that was replaced.
 */
final class CompressedContent implements Content, DecoderMemory.Holder {
    private static final Logger log = LoggerFactory.getLogger(CompressedContent.class);

    /** Bytes that a decoder is asked for at once. */
    private static final int PIECE_BYTES = 512;

    /** More than a fingerprint needs. */
    private static final int KEPT_BYTES = 4 << 10;

    private static final int PEEKED_BYTES_MAX = 4 << 10;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long UNKNOWN = -1;

    private final FileChannel channel;
    private final Compression compression;
    private final DecoderMemory memory;
    private final long readBytesMax;
    private final ReadWindow window = new ReadWindow();
    private @Nullable Input input;
    private @Nullable InputStream decoder;
    private long neededBytes = UNKNOWN;

    /** Where the decoder begins: at 0, or after the last member if others were added. */
    private long beginsAtBytes;

    private long beginsAtPosition;
    /** Bytes that the decoder has to decompress again before it is at the end of the window. */
    private long repeatedBytes;
    /** The file's size when everything was read, or {@link #UNKNOWN}. Until the size changes there is nothing more. */
    private long endedAtBytes = UNKNOWN;

    private @Nullable IOException failure;
    private int restarts;
    /** Whether what was read before the position, by this or another open file, is known to be the same. */
    private boolean isVerified;

    private long decompressedBytes;
    /** A decoder that fails loses what it has decompressed in that call. Then it is asked for one byte at a time. */
    private int pieceBytes = PIECE_BYTES;

    private final byte[] repeated = new byte[PIECE_BYTES];

    /** Reads the file itself. */
    private static final class Input extends InputStream {
        private final FileChannel channel;
        private long position;
        private boolean hasEnded;
        private @Nullable IOException failure;

        private Input(FileChannel channel, long position) {
            this.channel = channel;
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int count = channel.read(ByteBuffer.wrap(target, offset, length), position);
                hasEnded = count < 0;
                position += Math.max(0, count);
                return count;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int available() throws IOException {
            return (int) Math.max(0, Math.min(Integer.MAX_VALUE, channel.size() - position));
        }
    }

    /** @param readBytesMax bytes that a read may decompress before its position */
    CompressedContent(FileChannel channel, Compression compression, DecoderMemory memory, long readBytesMax) {
        this.channel = channel;
        this.compression = compression;
        this.memory = memory;
        this.readBytesMax = readBytesMax;
    }

    @Override
    public boolean isCompressed() {
        return true;
    }

    @Override
    public boolean isReady() throws IOException {
        return decoder != null || isAtEnd() || memory.hasRoom(neededBytes());
    }

    @Override
    public int read(long position, byte[] target, int length) throws IOException {
        if (!decompress(position, length, new ReadBudget(readBytesMax))) {
            throw new NotReadyException(position);
        }
        if (window.end() <= PEEKED_BYTES_MAX) {
            // Somebody only looked at the beginning. Many archives may be looked at before the first one is read.
            closeDecoder();
        } else if (decoder != null) {
            memory.hold(this, neededBytes());
        }
        return window.read(position, target, length);
    }

    @Override
    public boolean advanceTo(long position, int length, ReadBudget budget) throws IOException {
        boolean isThere = decompress(position, length, budget);
        if (decoder != null) {
            memory.hold(this, neededBytes());
        }
        return isThere;
    }

    /** Fills the window from a position. Returns false if the budget is used up, which what is at the position need not be. */
    private boolean decompress(long position, int length, ReadBudget budget) throws IOException {
        if (hasEnded() && !isAtEnd()) {
            continueOrRestart();
        }
        if (!window.holds(position, length)) {
            restart();
        }
        window.dropBefore(Math.min(position, window.end()) - KEPT_BYTES);
        while (window.end() - length < position && !hasEnded()) {
            boolean isBefore = window.end() < position || repeatedBytes > 0;
            if (isBefore && !budget.isLeft()) {
                return false;
            }
            long before = decompressedBytes;
            decompress();
            budget.take(isBefore ? decompressedBytes - before : 0);
            window.dropBefore(Math.min(position, window.end()) - KEPT_BYTES);
        }
        return true;
    }

    @Override
    public long end() {
        return window.end();
    }

    private boolean hasEnded() {
        return endedAtBytes != UNKNOWN;
    }

    private boolean isAtEnd() throws IOException {
        return channel.size() == endedAtBytes;
    }

    /** The file has another size than when everything was read. */
    private void continueOrRestart() throws IOException {
        if (failure == null && channel.size() > endedAtBytes) {
            beginsAtBytes = endedAtBytes;
            beginsAtPosition = window.end();
            endedAtBytes = UNKNOWN;
        } else {
            restart();
        }
    }

    private void restart() {
        closeDecoder();
        restarts += window.end() > 0 ? 1 : 0;
        isVerified = false;
        window.clear();
        beginsAtBytes = 0;
        beginsAtPosition = 0;
        endedAtBytes = UNKNOWN;
        neededBytes = UNKNOWN;
        pieceBytes = PIECE_BYTES;
        failure = null;
    }

    /** Decompresses a little more, or again, or finds that there is nothing more. */
    private void decompress() throws IOException {
        try {
            InputStream open = decoder();
            if (repeatedBytes > 0) {
                repeat(open);
                return;
            }
            int count = window.fill(open, pieceBytes);
            decompressedBytes += Math.max(0, count);
            if (count < 0) {
                noteEnd(null);
            }
        } catch (IOException | RuntimeException e) {
            // Decoders fail with unchecked exceptions, too, when they meet bytes that make no sense.
            if (input != null && input.failure != null) {
                IOException unreadable = input.failure;
                restart();
                throw unreadable;
            }
            boolean hasReturnedAll = isCutOff() && compression.returnsAllBeforeItsEnd();
            if (decoder == null || repeatedBytes > 0 || pieceBytes == 1 || hasReturnedAll) {
                noteEnd(e);
                return;
            }
            // Again, to get what the decoder lost when it failed.
            closeDecoder();
            pieceBytes = 1;
        }
    }

    /** Decompresses again a little of what a decoder that was closed had decompressed. */
    private void repeat(InputStream open) throws IOException {
        int count = open.read(repeated, 0, (int) Math.min(repeatedBytes, repeated.length));
        if (count < 0) {
            throw new EOFException("became shorter");
        }
        repeatedBytes -= count;
        decompressedBytes += count;
    }

    private boolean isCutOff() {
        return input != null && input.hasEnded;
    }

    private InputStream decoder() throws IOException {
        InputStream open = decoder;
        if (open == null) {
            long needed = neededBytes();
            if (needed > memory.bytesMax()) {
                throw new IOException("needs " + (needed >> 20) + " MiB of memory, more than a quarter of the heap, "
                        + (memory.bytesMax() >> 20) + " MiB: compress it with a smaller window, or set TAILRACE_HEAP");
            }
            Input opened = new Input(channel, beginsAtBytes);
            input = opened;
            open = compression.decoder(new BufferedInputStream(opened, BUFFER_BYTES), memory.bytesMax());
            decoder = open;
            repeatedBytes = window.end() - beginsAtPosition;
            restarts += repeatedBytes > 0 ? 1 : 0;
        }
        return open;
    }

    private long neededBytes() {
        if (neededBytes == UNKNOWN) {
            try {
                neededBytes = compression.memoryBytes(new BufferedInputStream(new Input(channel, 0)));
            } catch (IOException | RuntimeException e) {
                // The decoder will find the same.
                neededBytes = 0;
            }
        }
        return neededBytes;
    }

    private void noteEnd(@Nullable Exception reason) throws IOException {
        boolean isCutOff = isCutOff();
        endedAtBytes = input != null && isCutOff ? input.position : channel.size();
        closeDecoder();
        if (reason != null) {
            failure = isCutOff
                    ? new EOFException("ends too early, after " + window.end()
                            + " decompressed bytes: it is still being written, or is cut off")
                    : new IOException(
                            "cannot be decompressed after " + window.end() + " bytes: " + reason.getMessage(), reason);
        }
    }

    @Override
    public boolean mayHaveChanged() {
        return !isVerified;
    }

    @Override
    public void noteVerified() {
        isVerified = true;
    }

    @Override
    public boolean endsBefore(long position) throws IOException {
        return isFinished() && isAtEnd() && window.end() < position;
    }

    @Override
    public boolean isFinished() {
        return hasEnded() && failure == null;
    }

    @Override
    public boolean isIncompleteBehind(long position) {
        return !isFinished();
    }

    @Override
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** How often bytes were decompressed again from the beginning. */
    int restarts() {
        return restarts;
    }

    long decompressedBytes() {
        return decompressedBytes;
    }

    /** The memory that this content takes, apart from the decoder's. */
    int windowBytes() {
        return window.capacity();
    }

    @Override
    public void releaseDecoder() {
        closeDecoder();
    }

    private void closeDecoder() {
        memory.release(this);
        InputStream open = decoder;
        decoder = null;
        repeatedBytes = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It was only read.
                log.debug("cannot close a decoder", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        closeDecoder();
        channel.close();
    }
}
