package io.tailrace.agent.delivery;

/** The records of a chunk, on their way to the brokers. Not thread-safe. */
public sealed interface Shipment permits ChunkDelivery, AcceptedChunk {
    /**
     * Reads the answers, and sends again what failed and is due.
     *
     * @return whether all records are acknowledged
     */
    boolean advance(long nowMs);

    /** Why its lines are not final yet, as far as that is known. */
    String obstacle();
}
