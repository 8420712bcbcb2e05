package io.tailrace.loader.plan;

import java.util.List;
import java.util.stream.Collectors;

/** Retention deleted records before they were loaded. The message names their offsets and what to do. */
public final class RetentionGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RetentionGapException(List<OffsetRange> gaps) {
        super("retention deleted records before they were loaded: "
                + gaps.stream()
                        .map(gap -> "offsets " + gap.from() + " to " + (gap.to() - 1) + " of " + gap.topicPartition())
                        .collect(Collectors.joining("; "))
                + ". Load with --skip-gap to continue from the earliest record left");
    }
}
