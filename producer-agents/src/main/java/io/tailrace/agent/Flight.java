package io.tailrace.agent;

import io.tailrace.agent.delivery.AcceptedChunk;
import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.Producer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A chunk on its way to the brokers. Its lines are in memory until they have accepted all its records. Not thread-safe. */
final class Flight {
    private final TailedSource source;
    private final FollowedFile file;
    private final ReadPosition end;
    private final int lines;
    private final SendingParts parts;
    /** Null once the chunk is accepted. */
    private @Nullable ChunkDelivery delivery;
    /** Null until then. */
    private @Nullable AcceptedChunk accepted;

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
        this.delivery = deliver(chunk, producer);
    }

    private ChunkDelivery deliver(Chunk chunk, Producer producer) {
        Origin origin = new Origin(parts.config().host(), file.file(), file.contentId());
        return new ChunkDelivery(producer, source.encoder(), origin, chunk, parts.wakeUp());
    }

    /** Sends the chunk again, as if it had not been sent before. */
    void sendAgain(TransactionScope scope) {
        if (accepted != null) {
            accepted.sendAgain(scope);
        } else {
            delivery = deliver(Objects.requireNonNull(delivery).chunk(), scope);
        }
    }

    /** Reads the answers of the brokers. Returns whether all records are acknowledged. */
    boolean advance(long steadyMs) {
        if (accepted != null) {
            return accepted.advance();
        }
        ChunkDelivery sent = Objects.requireNonNull(delivery);
        if (!sent.advance(steadyMs)) {
            return false;
        }
        accept(sent);
        return true;
    }

    private void accept(ChunkDelivery sent) {
        AcceptedChunk kept = sent.toAccepted();
        accepted = kept;
        delivery = null;
        source.tail().release(sent.chunk());
        long keptBytes = Math.min(memoryBytes, kept.memoryBytes());
        parts.memory().add(source, keptBytes - memoryBytes);
        memoryBytes = keptBytes;
    }

    /** How many lines it has. */
    int lines() {
        return lines;
    }

    /** How many of them are not sent, as the source's configuration has it; only before it is accepted. */
    int filtered() {
        return Objects.requireNonNull(delivery).filtered();
    }

    /** When it was sent, or the one before it in the file landed. */
    long waitingSinceMs() {
        return waitingSinceMs;
    }

    /** The one before it in the file has landed. */
    void waitsSince(long ms) {
        waitingSinceMs = ms;
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

    /** What it counts for in {@link InFlightMemory}. */
    long memoryBytes() {
        return memoryBytes;
    }

    /** What is left of it; only once it is accepted. */
    AcceptedChunk accepted() {
        return Objects.requireNonNull(accepted);
    }

    /** Why it is not final yet, as far as that is known. */
    String obstacle() {
        return accepted != null
                ? accepted.obstacle()
                : Objects.requireNonNull(delivery).obstacle();
    }

    /** The one that has waited for longer. */
    static Flight longer(Flight one, Flight other) {
        return one.waitingSinceMs <= other.waitingSinceMs ? one : other;
    }
}
