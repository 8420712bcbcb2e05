package io.tailrace.client;

/** Where a consumer starts if a partition has no committed offset, or if its position is no longer in the log. */
public enum OffsetReset {
    /** The log start offset. */
    EARLIEST,
    /** The high watermark: records written from now on. */
    LATEST,
    /** The consumer throws instead. */
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
