package io.tailrace.loader.plan;

import java.util.List;

/** Retention deleted records before they were loaded. The message names their offsets, at most five ranges of them, and what to do. */
public final class RetentionGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RetentionGapException(List<OffsetRange> gaps) {
        super("retention deleted records before they were loaded: " + OffsetRange.describe(gaps)
                + ". Load with --skip-gap to continue from the earliest record left");
    }
}
