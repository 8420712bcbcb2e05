package io.tailrace.agent.tail;

/**
 * What one program after another, or one for as long as it has the pipe open, has written to a pipe. It can only be read forward. One thread
 * adds bytes and waits while there are enough; the agent's thread reads them and never waits.
 */
final class StreamContent implements Content {
    /** What a fingerprint needs of the bytes before a position. */
    private static final int KEPT_BYTES = ReadPosition.TAIL_BYTES_MAX;

    private final int bytesMax;
    /** The lock guards all that follows. */
    private final Object lock = new Object();

    private final ReadWindow window = new ReadWindow();
    private boolean hasEnded;
    private boolean isClosed;
    private boolean isFinished;

    /** @param bytesMax memory of unread bytes, more than what is read at once */
    StreamContent(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Adds bytes, after others were read if there are enough. Those that are added after {@link #close} are lost. */
    void append(byte[] bytes, int length) throws InterruptedException {
        synchronized (lock) {
            while (window.size() >= bytesMax && !isClosed) {
                lock.wait();
            }
            if (!isClosed) {
                window.append(bytes, length);
            }
        }
    }

    /** Nothing will be added. */
    void noteEnd() {
        synchronized (lock) {
            hasEnded = true;
        }
    }

    @Override
    public int read(long position, byte[] target, int length) {
        synchronized (lock) {
            window.dropBefore(position - KEPT_BYTES);
            lock.notifyAll();
            int count = window.read(position, target, length);
            isFinished = hasEnded && window.end() <= position + count;
            return count;
        }
    }

    @Override
    public long end() {
        synchronized (lock) {
            return window.end();
        }
    }

    @Override
    public boolean isCompressed() {
        return false;
    }

    @Override
    public boolean mayHaveChanged() {
        return false;
    }

    @Override
    public boolean endsBefore(long position) {
        return false;
    }

    @Override
    public boolean isFinished() {
        synchronized (lock) {
            return isFinished;
        }
    }

    @Override
    public boolean isIncompleteBehind(long position) {
        synchronized (lock) {
            return window.end() > position;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            isClosed = true;
            lock.notifyAll();
        }
    }
}
