package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares files that begin like contents with the contents' own files. Long ones take several scans. What was found out is known as long
 * as each scan asks for it. Not thread-safe.
 */
final class Copies {
    private static final int COMPARED_BYTES = 64 << 10;
    /** As many as the fingerprint of a position has. */
    private static final int LAST_BYTES = ReadPosition.TAIL_BYTES_MAX;

    private final DecoderMemory memory;
    private final ReadBudget budget;
    /** Empty until a file is compared: most sources have no copies. */
    private byte[] ownBytes = {};

    private byte[] otherBytes = {};
    private final Map<Pair, Comparison> comparisons = new HashMap<>();
    /** Those that were asked for since the last scan. */
    private final Set<Pair> asked = new HashSet<>();

    private long advances;

    enum Verdict {
        /** All bytes of the file are the content's, which may have more. */
        COPY,
        /** The file has other bytes, or more. */
        DIFFERENT,
        /** To be asked again by the next scan. */
        UNDECIDED
    }

    private record Pair(FollowedFile own, FileId other) {}

    /** How far two files are equal. */
    private static final class Comparison {
        private final Path ownPath;
        private final Stat other;
        /** The content's own file when its last equal bytes were looked at last. */
        private Stat own;

        private byte[] lastEqual = {};
        private @Nullable Content ownContent;
        private @Nullable Content otherContent;
        private long equalTo;
        private Verdict verdict = Verdict.UNDECIDED;

        private Comparison(Stat own, Stat other) {
            this.ownPath = own.path();
            this.own = own;
            this.other = other;
        }

        private void close() {
            ContentOpener.closeQuietly(ownContent);
            ContentOpener.closeQuietly(otherContent);
            ownContent = null;
            otherContent = null;
        }
    }

    Copies(DecoderMemory memory, ReadBudget budget) {
        this.memory = memory;
        this.budget = budget;
    }

    /** Whether a file that begins like a content's own file is a copy of it. */
    Verdict compare(FollowedFile own, Stat other) throws IOException {
        Pair pair = new Pair(own, other.id());
        @Nullable Comparison comparison = comparisons.get(pair);
        if (comparison == null
                || !comparison.other.equals(other)
                || !comparison.ownPath.equals(own.path())
                || !isStillCopied(comparison, own)) {
            forget(pair);
            comparison = new Comparison(own.seen(), other);
            comparisons.put(pair, comparison);
        }
        asked.add(pair);
        if (comparison.verdict == Verdict.UNDECIDED && budget.isLeft()) {
            try {
                comparison.verdict = compareFurther(comparison);
            } catch (IOException | RuntimeException e) {
                forget(pair);
                throw e;
            }
            if (comparison.verdict != Verdict.UNDECIDED) {
                comparison.close();
            }
        }
        return comparison.verdict;
    }

    /** False if a file that was found to be a copy is none any longer, as the other one was truncated, and perhaps written again. */
    private boolean isStillCopied(Comparison comparison, FollowedFile own) throws IOException {
        if (comparison.verdict != Verdict.COPY || comparison.own.equals(own.seen())) {
            return true;
        }
        comparison.own = own.seen();
        try (Content content = Content.open(own.path(), memory)) {
            int length = comparison.lastEqual.length;
            return content.isCompressed()
                    || (content.read(comparison.equalTo - length, ownBytes, length) == length
                            && Arrays.equals(ownBytes, 0, length, comparison.lastEqual, 0, length));
        }
    }

    private Verdict compareFurther(Comparison comparison) throws IOException {
        if (ownBytes.length == 0) {
            ownBytes = new byte[COMPARED_BYTES];
            otherBytes = new byte[COMPARED_BYTES];
        }
        Content own = comparison.ownContent;
        Content other = comparison.otherContent;
        if (own == null || other == null) {
            own = Content.open(comparison.ownPath, memory);
            comparison.ownContent = own;
            other = Content.open(comparison.other.path(), memory);
            comparison.otherContent = other;
            if (!own.isCompressed() && !other.isCompressed() && !endsLike(own, other)) {
                return Verdict.DIFFERENT;
            }
        }
        while (budget.isLeft()) {
            long at = comparison.equalTo;
            // Decompressing what is compared next is not counted, but comparing it is.
            if (!own.isReady()
                    || !other.isReady()
                    || !other.advanceTo(at, COMPARED_BYTES, budget)
                    || !own.advanceTo(at, COMPARED_BYTES, budget)) {
                return Verdict.UNDECIDED;
            }
            int length = other.read(at, otherBytes, COMPARED_BYTES);
            if (length == 0) {
                return Verdict.COPY;
            }
            int ownLength = own.read(at, ownBytes, length);
            if (ownLength < length || !Arrays.equals(ownBytes, 0, length, otherBytes, 0, length)) {
                return Verdict.DIFFERENT;
            }
            comparison.equalTo += length;
            comparison.lastEqual = Arrays.copyOfRange(otherBytes, Math.max(0, length - LAST_BYTES), length);
            budget.take(2L * length);
        }
        advances++;
        return Verdict.UNDECIDED;
    }

    /**
     * Whether a file ends with bytes that a content has at the same place. Two logs may begin with a hole of any length, as programs leave
     * it that do not append; they do not end alike.
     */
    private boolean endsLike(Content own, Content other) throws IOException {
        long at = Math.max(0, other.end() - LAST_BYTES);
        int length = other.read(at, otherBytes, LAST_BYTES);
        budget.take(2L * length);
        return own.read(at, ownBytes, length) == length && Arrays.equals(ownBytes, 0, length, otherBytes, 0, length);
    }

    /** How often a comparison got further, and was not decided. */
    long advances() {
        return advances;
    }

    /** Ends a scan: forgets what it has not asked for. */
    void scanned() {
        if (comparisons.size() > asked.size()) {
            Set<Pair> forgotten = new HashSet<>(comparisons.keySet());
            forgotten.removeAll(asked);
            forgotten.forEach(this::forget);
        }
        asked.clear();
    }

    private void forget(Pair pair) {
        @Nullable Comparison comparison = comparisons.remove(pair);
        if (comparison != null) {
            comparison.close();
        }
    }

    void close() {
        comparisons.values().forEach(Comparison::close);
        comparisons.clear();
    }
}
