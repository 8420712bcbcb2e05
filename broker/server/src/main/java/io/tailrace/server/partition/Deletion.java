package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import java.util.concurrent.CompletableFuture;

/**
 * The outcome of deleting the records at the start of a partition.
 *
 * @param error {@code NONE}, or why nothing was deleted
 * @param offset nothing below this offset can be read from this broker, inclusive; -1 after an error
 * @param stored completes when the deletion is on disk, so that the records do not come back after a crash
 */
public record Deletion(ErrorCode error, long offset, CompletableFuture<Void> stored) {

    static Deletion refused(ErrorCode error) {
        return new Deletion(error, -1, CompletableFuture.completedFuture(null));
    }
}
