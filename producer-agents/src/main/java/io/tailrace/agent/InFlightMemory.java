package io.tailrace.agent;

/**
 * Divides the memory of lines that are read and not final among the sources. Not thread-safe.
 *
 * <p>Half of it is reserved in equal shares, so that a source can always send, even if the records of all others are stuck. The other half
 * is for whoever has more to read. The sum exceeds the limit by no more than a line of each source.
 */
final class InFlightMemory {
    /** A source that has something in flight waits for room for as large a part of what it may have, rather than to read a few lines. */
    private static final int ROOM_PARTS = 16;
    /** No source has more than one of so many parts, or than an equal share if there are fewer sources. */
    private static final int PARTS_MAX = 8;

    private final long reservedBytes;
    private final long commonBytesMax;
    private final long sourceBytesMax;
    private final long roomBytesMin;
    private long bytes;
    /** What sources have beyond their reserved shares. */
    private long commonBytes;

    /**
     * A memory of which nothing is used.
     *
     * @param bytesMax {@code in.flight.bytes.max}
     * @param sources how many there are
     */
    InFlightMemory(long bytesMax, int sources) {
        reservedBytes = Math.max(1, bytesMax / 2 / sources);
        commonBytesMax = bytesMax - bytesMax / 2;
        sourceBytesMax = Math.max(bytesMax / sources, bytesMax / PARTS_MAX);
        roomBytesMin = sourceBytesMax / ROOM_PARTS;
    }

    /** Adds to what a source has in flight. */
    void add(TailedSource source, long more) {
        commonBytes -= beyondReserve(source.inFlightBytes());
        source.addInFlight(more);
        commonBytes += beyondReserve(source.inFlightBytes());
        bytes += more;
    }

    /**
     * Brokers have accepted a chunk, of which less is kept. With transactions, only the commit frees that.
     *
     * @param chunkBytes what the chunk counted for
     * @param keptBytes what it counts for now
     */
    void accept(TailedSource source, long chunkBytes, long keptBytes) {
        add(source, keptBytes - chunkBytes);
        source.addAccepted(keptBytes);
    }

    /** Takes away what was kept of a chunk that is final. */
    void release(TailedSource source, long keptBytes) {
        add(source, -keptBytes);
        source.addAccepted(-keptBytes);
    }

    private long beyondReserve(long ofSource) {
        return Math.max(0, ofSource - reservedBytes);
    }

    /** How many bytes a source may have in addition; 0 if it has to wait for acknowledgements. */
    long room(TailedSource source) {
        long used = source.inFlightBytes();
        long available = Math.max(0, reservedBytes - used) + Math.max(0, commonBytesMax - commonBytes);
        long room = Math.min(available, sourceBytesMax - used);
        return used == 0 || room >= roomBytesMin ? room : 0;
    }

    /** Whether a commit would free nearly half of what a source may have, or is all that it waits for. */
    boolean isCommitDue(TailedSource source) {
        boolean isAllAccepted = source.acceptedBytes() == source.inFlightBytes();
        // Less than half, since a source waits for roomBytesMin, and so the other half is never filled.
        return 8 * source.acceptedBytes() >= 3 * sourceBytesMax || (isAllAccepted && room(source) == 0);
    }

    /** What all sources have in flight. */
    long bytes() {
        return bytes;
    }
}
