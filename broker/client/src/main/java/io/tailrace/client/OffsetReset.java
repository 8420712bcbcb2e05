package io.tailrace.client;

/** Where a consumer goes on when a partition has no committed offset, or its position is not in the log any more. */
public enum OffsetReset {
    /** The log start offset. */
    EARLIEST,
    /** The high watermark: records written from now on. */
    LATEST,
    /** Nowhere: the consumer throws, and its owner decides. */
    NONE;

    /** Reads {@code earliest}, {@code latest} or {@code none}. */
    static OffsetReset parse(String value) {
        return switch (value) {
            case "earliest" -> EARLIEST;
            case "latest" -> LATEST;
            case "none" -> NONE;
            default -> throw new IllegalArgumentException("expected earliest, latest or none");
        };
    }
}
