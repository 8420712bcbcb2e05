package io.tailrace.agent.tail;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads standard input or a named pipe in a thread of its own, which may wait for a writer or for the agent as long as they like. What is
 * written until all writers have closed a pipe is one content; the next writer begins another one.
 *
 * <p>A pipe stays open between writers: a writer that found it without a reader would get SIGPIPE.
 */
final class StreamReader implements Closeable {
    private static final int PIECE_BYTES = 64 << 10;
    /** A pipe without writers returns at once, again and again. */
    private static final long NO_WRITER_MS = 100;

    private final Opener opener;
    private final boolean isPipe;
    private final int bytesMax;
    private final BlockingQueue<StreamContent> contents = new ArrayBlockingQueue<>(1);
    private final Thread thread;
    private volatile boolean hasEnded;
    private volatile @Nullable IOException failure;

    private interface Opener {
        InputStream open() throws IOException;
    }

    private StreamReader(String name, Opener opener, boolean isPipe, int bytesMax) {
        this.opener = opener;
        this.isPipe = isPipe;
        this.bytesMax = bytesMax;
        thread = new Thread(this::run, "agent reads " + name);
        // It may be waiting in the system, where nothing can wake it.
        thread.setDaemon(true);
        thread.start();
    }

    /** @param bytesMax memory of unread bytes */
    static StreamReader ofStandardInput(int bytesMax) {
        return new StreamReader("standard input", () -> System.in, false, bytesMax);
    }

    /** @param bytesMax memory of unread bytes */
    static StreamReader ofPipe(Path path, int bytesMax) {
        return new StreamReader(
                path.toString(),
                () -> Channels.newInputStream(FileChannel.open(path, StandardOpenOption.READ)),
                true,
                bytesMax);
    }

    private void run() {
        try (InputStream in = opener.open()) {
            int length = 0;
            while (length >= 0) {
                length = readContent(in);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Reads one content to its end. Returns -1 if no other can follow. */
    private int readContent(InputStream in) throws IOException, InterruptedException {
        byte[] piece = new byte[PIECE_BYTES];
        int length = in.read(piece);
        if (length < 0) {
            hasEnded = true;
            if (!isPipe) {
                return -1;
            }
            // The kernel has no wait for the next writer of a pipe that is open already.
            Thread.sleep(NO_WRITER_MS);
            return 0;
        }
        hasEnded = false;
        StreamContent content = new StreamContent(bytesMax);
        contents.put(content);
        try {
            while (length >= 0) {
                content.append(piece, length);
                length = in.read(piece);
            }
        } finally {
            content.noteEnd();
        }
        return 0;
    }

    /** The next content, of which there are bytes. */
    Optional<StreamContent> poll() {
        return Optional.ofNullable(contents.poll());
    }

    /** Whether there is a writer or none has come yet, or a content was not polled. */
    boolean isOpen() {
        return (!hasEnded && failure == null) || !contents.isEmpty();
    }

    /** Why nothing more is read; null if that is not so. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Ends the thread, or lets it end when what it waits for in the system happens. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
