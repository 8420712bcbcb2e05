package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells whether a file that has turned up holds a content that is known: log rotation copies, compresses and renames.
 *
 * <p>Both must speak for it: the name, which must be the known file's with something added ({@code access.log} and
 * {@code access.log.1.gz}, or {@code access-20150517.log}), and the first bytes. Names alone would skip lines, bytes
 * alone would take two logs that begin alike for one.
 */
final class Kinship {
    /** A copy or an archive that was written to within this time may not be all there yet. */
    private static final long SETTLE_MS = 5_000;

    private Kinship() {}

    enum Verdict {
        /** Another content. */
        UNRELATED,
        /** A copy, or the beginning of one, of what is being read elsewhere, or one too young to tell: look again. */
        WAIT,
        /** It begins like the known content, whose own file is gone or holds something else now. */
        HEIR
    }

    static boolean isYoung(Stat stat, long nowMs) {
        return nowMs - stat.modifiedMs() < SETTLE_MS;
    }

    static Verdict judge(Stat stat, FollowedFile known, long nowMs) throws IOException {
        if (!isNamedAfter(stat, known)) {
            return Verdict.UNRELATED;
        }
        byte[] head = new byte[Mark.HEAD_BYTES_MAX];
        int length;
        try (Content content = Content.open(stat.path())) {
            length = content.read(0, head, head.length);
        }
        Optional<Boolean> beginsAlike = known.beginsLike(head, length);
        if (beginsAlike.isEmpty()) {
            return isYoung(stat, nowMs) ? Verdict.WAIT : Verdict.UNRELATED;
        }
        if (!beginsAlike.get()) {
            return Verdict.UNRELATED;
        }
        return switch (known.state()) {
            case ADRIFT -> Verdict.HEIR;
            case UNLISTED -> Verdict.WAIT;
            case LISTED -> known.isInFlight() || known.isIntact() ? Verdict.WAIT : Verdict.HEIR;
        };
    }

    /** Whether a name is what rotation makes of the name under which a content was first or last seen. */
    static boolean isNamedAfter(Stat stat, FollowedFile known) {
        String name = name(stat.path());
        return extendsName(name, name(known.path())) || extendsName(name, name(Path.of(known.file())));
    }

    private static boolean extendsName(String name, String known) {
        if (name.length() <= known.length()) {
            return false;
        }
        if (name.startsWith(known)) {
            return true;
        }
        int dot = known.lastIndexOf('.');
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
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
