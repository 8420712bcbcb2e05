package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides whether a new file holds a content that is followed already: log rotation renames, copies and compresses.
 *
 * <p>Both name and content must match. The name must be the known file's with something added ({@code access.log} and
 * {@code access.log.1.gz}, or {@code access-20150517.log}), and the first bytes must be equal. By the name alone, lines
 * would be skipped; by the bytes alone, two logs that begin alike would be taken for one.
 */
final class RotationMatcher {
    /** A copy or an archive that was written to within this time may be incomplete. */
    private static final long SETTLE_MS = 5_000;

    /** What rotation adds to a name: a number or a date. */
    private static final Pattern NUMBERS = Pattern.compile("[-._]\\d+");

    private RotationMatcher() {}

    enum Match {
        /** The file holds another content. */
        NONE,
        /** The file is a copy of what is being read elsewhere, or may become one. Decide at the next scan. */
        UNDECIDED,
        /** The file begins like the content, whose own file is gone or holds something else now. */
        CONTINUATION
    }

    /** Whether a file is compressed from one that is still there. The program that compresses deletes that at the end. */
    static boolean isArchiveOfFile(Stat stat) throws IOException {
        Path plain = stat.path().resolveSibling(plainName(name(stat.path())));
        if (!stat.isGzip() || !Files.isRegularFile(plain)) {
            return false;
        }
        byte[] head = new byte[ReadPosition.HEAD_BYTES_MAX];
        byte[] plainHead = new byte[ReadPosition.HEAD_BYTES_MAX];
        try (Content archive = Content.open(stat.path());
                Content source = Content.open(plain)) {
            int length = archive.read(0, head, head.length);
            return source.read(0, plainHead, length) == length && Arrays.equals(head, plainHead);
        }
    }

    static boolean isYoung(Stat stat, long wallMs) {
        // A time far ahead is that of a clock that was set back since, not that of a file which is written to.
        return Math.abs(wallMs - stat.modifiedMs()) < SETTLE_MS;
    }

    static Match match(Stat stat, FollowedFile known, long wallMs) throws IOException {
        if (!isRotatedName(stat, known)) {
            return Match.NONE;
        }
        byte[] head = new byte[ReadPosition.HEAD_BYTES_MAX];
        int length;
        try (Content content = Content.open(stat.path())) {
            length = content.read(0, head, head.length);
        }
        Optional<Boolean> beginsAlike = length == 0 ? Optional.empty() : known.beginsLike(head, length);
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
                yield isAnotherLog(stat, known, wallMs) ? Match.NONE : Match.UNDECIDED;
            }
        };
    }

    /**
     * Whether a file that begins like a content, whose own file is still there, is no copy of it. While a copy is written, and before
     * the original is truncated, nobody can say.
     */
    private static boolean isAnotherLog(Stat stat, FollowedFile known, long wallMs) throws IOException {
        return !isYoung(stat, wallMs) && known.differsFrom(stat) && known.isIntact();
    }

    /** Whether rotation may have made a file's name from the name under which a content was first or last seen. */
    static boolean isRotatedName(Stat stat, FollowedFile known) {
        String name = name(stat.path());
        return isRotatedName(name, name(known.path()))
                || isRotatedName(name, name(known.path().resolveSibling(known.file())));
    }

    private static boolean isRotatedName(String name, String known) {
        String stem = NUMBERS.matcher(plainName(name)).replaceAll("");
        boolean isOfOneLog = !stem.equals(name)
                && stem.equals(NUMBERS.matcher(plainName(known)).replaceAll(""))
                && !name.equals(known);
        return isOfOneLog || extendsName(name, known);
    }

    private static String plainName(String name) {
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private static boolean extendsName(String name, String known) {
        if (name.length() <= known.length()) {
            return false;
        }
        if (name.startsWith(known)) {
            return true;
        }
        int dot = known.lastIndexOf('.');
        String plain = plainName(name);
        return dot > 0
                && plain.length() > known.length()
                && plain.startsWith(known.substring(0, dot))
                && "-._".indexOf(plain.charAt(dot)) >= 0
                && plain.endsWith(known.substring(dot));
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
