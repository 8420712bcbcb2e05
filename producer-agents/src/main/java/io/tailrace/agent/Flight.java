package io.tailrace.agent;

import io.tailrace.agent.delivery.AcceptedChunk;
import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.delivery.Shipment;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.Producer;

/** A chunk on its way to the brokers. Its lines are in memory until they have accepted all its records. Not thread-safe. */
final class Flight {
    private final TailedSource source;
    private final FollowedFile file;
    private final ReadPosition end;
    private final int lines;
    private final int filtered;
    private final SendingParts parts;
    private Shipment shipment;
    private long memoryBytes;
    /** When the chunk was sent, or the one before it in the file landed. */
    private long waitingSinceMs;

    Flight(Sending.Read read, SendingParts parts, Producer producer, long sentMs) {
        Chunk chunk = read.chunk().chunk();
        this.source = read.source();
        this.file = read.chunk().file();
        this.end = chunk.end();
        this.lines = chunk.lines().count();
        this.parts = parts;
        this.memoryBytes = chunk.memoryBytes();
        this.waitingSinceMs = sentMs;
        ChunkDelivery delivery = deliver(chunk, producer);
        this.shipment = delivery;
        this.filtered = delivery.filtered();
    }

    private ChunkDelivery deliver(Chunk chunk, Producer producer) {
        Origin origin = new Origin(parts.config().host(), file.file(), file.contentId());
        return new ChunkDelivery(producer, source.encoder(), origin, chunk, parts.wakeUp());
    }

    /** Sends the chunk in another transaction, as nothing of the one before is visible. */
    void sendAgain(TransactionScope scope) {
        if (shipment instanceof ChunkDelivery delivery) {
            shipment = deliver(delivery.chunk(), scope);
        } else {
            accepted().sendAgain(scope);
        }
    }

    /** Reads the answers of the brokers. Returns whether they have accepted all records. */
    boolean advance(long steadyMs) {
        if (!shipment.advance(steadyMs)) {
            return false;
        }
        if (shipment instanceof ChunkDelivery delivery) {
            giveLinesBack(delivery);
        }
        return true;
    }

    private void giveLinesBack(ChunkDelivery delivery) {
        AcceptedChunk accepted = delivery.toAccepted();
        shipment = accepted;
        source.tail().release(delivery.chunk());
        long before = memoryBytes;
        memoryBytes = Math.min(before, accepted.memoryBytes());
        parts.memory().accept(source, before, memoryBytes);
    }

    TailedSource source() {
        return source;
    }

    FollowedFile file() {
        return file;
    }

    /** The position in the file after the chunk. */
    ReadPosition end() {
        return end;
    }

    /** How many lines it has. */
    int lines() {
        return lines;
    }

    /** How many of them are not sent, as the source's configuration has it. */
    int filtered() {
        return filtered;
    }

    /** What it counts for in {@link InFlightMemory}. */
    long memoryBytes() {
        return memoryBytes;
    }

    /**
     * What is kept of it.
     *
     * @throws IllegalStateException if brokers have not accepted all records
     */
    AcceptedChunk accepted() {
        if (shipment instanceof AcceptedChunk accepted) {
            return accepted;
        }
        throw new IllegalStateException(
                "chunk of " + file.file() + " up to byte " + end.offset() + " is not accepted: " + shipment.obstacle());
    }

    /** When it was sent, or the chunk before it in the file landed. */
    long waitingSinceMs() {
        return waitingSinceMs;
    }

    /** The chunk before it in the file has landed. */
    void waitSince(long steadyMs) {
        waitingSinceMs = steadyMs;
    }

    /** Why it is not final yet, as far as that is known. */
    String obstacle() {
        return shipment.obstacle();
    }

    /** The one that has waited for longer. */
    static Flight longer(Flight one, Flight other) {
        return one.waitingSinceMs <= other.waitingSinceMs ? one : other;
    }
}
