package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether a new file holds a content that is followed already: log rotation renames, copies and compresses.
 *
 * <p>Both name and content must match. The name must be the known file's with something added ({@code access.log} and
 * {@code access.log.1.gz}, or {@code access-20150517.log}), or have a higher number ({@code access.log.1} and
 * {@code access.log.2.gz}), and the first bytes must be equal. By the name alone, lines would be skipped; by the bytes alone, two
 * logs that begin alike would be taken for one.
 */
final class RotationMatcher {
    /** A copy or an archive that was written to within this time may be incomplete. */
    private static final long SETTLE_MS = 5_000;

    /** What rotation puts between a name and what it adds in front of the extension. */
    private static final String SEPARATORS = "-._";

    /** What rotation adds to a name: a number or a date. */
    private static final Pattern NUMBERS = Pattern.compile("[-._]\\d+");

    /** A number that rotation may count up. It is no date: it has few digits, and no number directly before it. */
    private static final Pattern COUNT = Pattern.compile("(.*\\D[-._])(\\d{1,4})((?:\\D.*)?)");

    private RotationMatcher() {}

    enum Match {
        /** The file holds another content. */
        NONE,
        /** The file begins like the content, but is another log by its name, as the content's own file is still there. */
        KEPT,
        /** The file is being compared with what is being read elsewhere. Decide at the next scan. */
        COMPARING,
        /** The file is a copy of what is being read elsewhere, or may become one. Decide at the next scan. */
        UNDECIDED,
        /** The file begins like the content, whose own file is gone or holds something else now. */
        CONTINUATION
    }

    /** Whether a file is compressed from one that is still there. The program that compresses deletes that at the end. */
    static boolean isArchiveOfFile(Stat stat) throws IOException {
        Path source = stat.path().resolveSibling(Compression.withoutSuffix(name(stat.path())));
        return stat.isNamedArchive()
                && Files.isRegularFile(source)
                && Head.of(source).startsWith(Head.of(stat.path()));
    }

    /** The names by which a content's rotations are found: that of its file, and that under which it was seen first. */
    static List<String> names(FollowedFile known) {
        return List.of(name(known.path()), known.fileName());
    }

    static boolean isYoung(Stat stat, long wallMs) {
        // A time far ahead is that of a clock that was set back since, not that of a file which is written to.
        return Math.abs(wallMs - stat.modifiedMs()) < SETTLE_MS;
    }

    /**
     * Compares a new file with a content.
     *
     * @param head the first bytes of the file, which is named like a rotation of the content's
     * @param copies compares the file with the content's own
     */
    static Match match(Stat stat, Head head, FollowedFile known, Copies copies, long wallMs) throws IOException {
        Optional<Boolean> beginsAlike =
                head.length() == 0 ? Optional.empty() : known.known().beginsLike(head, known.content());
        if (beginsAlike.isEmpty()) {
            return isYoung(stat, wallMs) ? Match.UNDECIDED : Match.NONE;
        }
        if (!beginsAlike.get()) {
            return Match.NONE;
        }
        return switch (known.state()) {
            case MISSING -> Match.CONTINUATION;
            case UNLISTED -> Match.UNDECIDED;
            case LISTED -> {
                if (!known.isInFlight() && !known.isIntact()) {
                    yield Match.CONTINUATION;
                }
                if (!isCopyName(name(stat.path()), known)) {
                    // app-1.log and app-2.log may be logs of two programs. Rotation would have left nothing under the
                    // lower number.
                    yield Match.KEPT;
                }
                // While a copy is written, and before the original is truncated, nobody can say.
                yield isYoung(stat, wallMs) ? Match.UNDECIDED : compare(stat, known, copies);
            }
        };
    }

    private static Match compare(Stat stat, FollowedFile known, Copies copies) throws IOException {
        return switch (copies.compare(known, stat)) {
            case COPY -> Match.UNDECIDED;
            case UNDECIDED -> Match.COMPARING;
            case DIFFERENT -> known.isIntact() ? Match.NONE : Match.UNDECIDED;
        };
    }

    /** Whether rotation may have made a name from the name under which a content was first or last seen. */
    static boolean isRotatedName(String name, String known) {
        return extendsName(name, known) || hasHigherNumber(name, known);
    }

    /** Whether a file may be a copy of a content whose own file stays. */
    private static boolean isCopyName(String name, FollowedFile known) {
        return extendsName(name, name(known.path())) || extendsName(name, known.fileName());
    }

    private static boolean hasHigherNumber(String name, String known) {
        Optional<Numbered> later = numbered(name);
        Optional<Numbered> earlier = numbered(known);
        return later.isPresent() && earlier.isPresent() && later.get().follows(earlier.get());
    }

    /**
     * A name with a number that rotation may count up.
     *
     * @param series what is before and after the number. No name is equal to it
     */
    record Numbered(String series, int number) {
        private boolean follows(Numbered other) {
            return series.equals(other.series) && number > other.number;
        }
    }

    /** What rotation may count up in a name; empty if that has no such number. */
    static Optional<Numbered> numbered(String name) {
        Matcher count = COUNT.matcher(Compression.withoutSuffix(name));
        return count.matches()
                ? Optional.of(new Numbered(count.group(1) + "/" + count.group(3), Integer.parseInt(count.group(2))))
                : Optional.empty();
    }

    /** What is common to the names of all rotated files of a log. */
    static String family(String name) {
        return NUMBERS.matcher(Compression.withoutSuffix(name)).replaceAll("");
    }

    /** Whether a name has another one in it, with something added. */
    static boolean extendsName(String name, String known) {
        if (name.length() <= known.length()) {
            return false;
        }
        if (name.startsWith(known)) {
            return !isWithinNumber(name, known.length());
        }
        int dot = known.lastIndexOf('.');
        String plain = Compression.withoutSuffix(name);
        return dot > 0
                && plain.length() > known.length()
                && plain.startsWith(known.substring(0, dot))
                && SEPARATORS.indexOf(plain.charAt(dot)) >= 0
                && plain.endsWith(known.substring(dot));
    }

    /** Whether a name is parted within a number there: {@code log.10} does not extend {@code log.1}. */
    private static boolean isWithinNumber(String name, int at) {
        return Character.isDigit(name.charAt(at - 1)) && Character.isDigit(name.charAt(at));
    }

    /** All names that a name extends. */
    static Set<String> namesBefore(String name) {
        Set<String> names = new HashSet<>();
        for (int length = 1; length < name.length(); length++) {
            if (!isWithinNumber(name, length)) {
                names.add(name.substring(0, length));
            }
        }
        String plain = Compression.withoutSuffix(name);
        int dot = plain.lastIndexOf('.');
        for (int at = 1; at < dot; at++) {
            if (SEPARATORS.indexOf(plain.charAt(at)) >= 0) {
                names.add(plain.substring(0, at) + plain.substring(dot));
            }
        }
        return names;
    }

    /** What every name that extends a name begins with. */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
