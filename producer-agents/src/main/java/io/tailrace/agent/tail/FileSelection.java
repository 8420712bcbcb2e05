package io.tailrace.agent.tail;

import java.util.List;

/**
 * Which files a source follows, and from where. Immutable.
 *
 * @param globs absolute paths with {@code *}, {@code ?}, {@code [..]}, {@code {a,b}} and {@code **}; {@code -} is standard input
 * @param exclude globs of files that are left out: of absolute paths, or, without a slash, of names
 * @param startAt where files begin that exist when the source is followed for the first time
 * @param ignoreOlderMs a file that the checkpoint does not have, and that was not written to for this long, is not followed; 0: none
 *     is too old
 */
public record FileSelection(List<String> globs, List<String> exclude, StartAt startAt, long ignoreOlderMs) {
    /** The path of standard input. */
    public static final String STANDARD_INPUT = "-";

    public FileSelection {
        globs = List.copyOf(globs);
        exclude = List.copyOf(exclude);
    }

    /** Where the first file of a source is read from. */
    public enum StartAt {
        /** Everything that it holds is sent. */
        BEGINNING,
        /** Lines that it holds already are skipped. */
        END
    }

    /** All files that match, from their beginning. */
    public static FileSelection of(List<String> globs) {
        return new FileSelection(globs, List.of(), StartAt.BEGINNING, 0);
    }

    boolean isTooOld(long modifiedMs, long wallMs) {
        return ignoreOlderMs > 0 && wallMs - modifiedMs > ignoreOlderMs;
    }
}
