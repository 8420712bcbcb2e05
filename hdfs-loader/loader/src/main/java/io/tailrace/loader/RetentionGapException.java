package io.tailrace.loader;

import java.util.List;
import java.util.stream.Collectors;

/** Retention has deleted records that were never loaded. The message names them, and what to do. */
public final class RetentionGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RetentionGapException(List<OffsetRange> gaps) {
        super("retention has passed what was loaded: "
                + gaps.stream()
                        .map(gap -> gap.topicPartition() + " lost offsets " + gap.from() + " to " + (gap.to() - 1))
                        .collect(Collectors.joining("; "))
                + ". Run with --skip-gap to go on from the earliest record that is left");
    }
}
