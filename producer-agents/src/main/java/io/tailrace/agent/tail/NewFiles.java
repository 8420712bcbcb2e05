package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileBinder.Attachment;
import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what the files of a source are that hold none of its contents: a continuation, a copy, or a new content. Not thread-safe. */
final class NewFiles {
    private static final Logger log = LoggerFactory.getLogger(NewFiles.class);

    private final TailConfig config;
    private final FileFinder finder;
    private final Bindings bindings;
    private final FollowedFiles followed;
    private final Copies copies;
    private long comparisons;

    NewFiles(TailConfig config, FileFinder finder, Bindings bindings, Copies copies) {
        this.config = config;
        this.finder = finder;
        this.bindings = bindings;
        this.followed = bindings.followed();
        this.copies = copies;
    }

    /** Identifies every file that is not followed, and those that a content has left for one of them. */
    void identifyAll(Collection<Stat> files, Moment now) {
        if (files.stream().anyMatch(this::isUnknown)) {
            // A copy has the longer name. If both are new, it must not be taken for the log.
            List<Stat> listed = new ArrayList<>(files);
            listed.sort(Comparator.comparing(stat -> stat.path().toString().length()));
            Set<FileId> identified = new HashSet<>();
            RotationCandidates candidates = new RotationCandidates(followed);
            boolean again = true;
            while (again) {
                again = false;
                for (Stat stat : listed) {
                    if (isUnknown(stat) && identified.add(stat.id())) {
                        identify(stat, candidates, now);
                        again = true;
                    }
                }
            }
        }
        copies.scanned();
    }

    private boolean isUnknown(Stat stat) {
        return stat.sizeBytes() > 0 && !followed.isHolder(stat.id());
    }

    /** Decides which content a new file holds. */
    private void identify(Stat stat, RotationCandidates candidates, Moment now) {
        boolean isTooOld = config.files().isTooOld(stat.modifiedMs(), now.wallMs());
        ReadPosition from = ReadPosition.START;
        try {
            if (RotationMatcher.isArchiveOfFile(stat)) {
                if (RotationMatcher.isYoung(stat, now.wallMs())) {
                    bindings.addUndecided(stat.path());
                }
                return;
            }
            // Compressing a log keeps its time.
            RotationCandidates.OfName named = candidates.of(RotationMatcher.name(stat.path()), isTooOld);
            Map<Continued, FollowedFile> copied = new EnumMap<>(Continued.class);
            if (!named.isEmpty() && isContinued(stat, named, copied, now)) {
                return;
            }
            @Nullable FollowedFile earlier = copied.get(Continued.COPIED);
            if (earlier != null) {
                earlier.attachClosed(stat);
                followed.moved(earlier);
                candidates.changed(earlier);
                return;
            }
            @Nullable FollowedFile cut = copied.get(Continued.CUT);
            from = cut == null ? from : cut.acknowledged();
        } catch (IOException e) {
            finder.setUnreadable(stat.path(), e);
            return;
        }
        if (!isTooOld || from.offset() > 0) {
            follow(stat, from, candidates, now);
        }
    }

    /** Reads a file from its beginning, or behind what is known of another content. */
    private void follow(Stat stat, ReadPosition from, RotationCandidates candidates, Moment now) {
        FollowedFile file = bindings.newContent(stat);
        if (from.offset() > 0) {
            file.skipTo(from);
        }
        if (bindings.attach(file, stat, State.LISTED, now) == Attachment.ATTACHED) {
            bindings.follow(file);
            candidates.changed(file);
            log.info(
                    "following new file: {}, from byte {}",
                    stat.path(),
                    file.acknowledged().offset());
        }
    }

    /**
     * Continues a content in a file, if it holds one.
     *
     * @param copied takes contents of which the file looks like a copy that lacks the last lines
     * @return whether the file needs no further attention
     */
    private boolean isContinued(
            Stat stat, RotationCandidates.OfName named, Map<Continued, FollowedFile> copied, Moment now)
            throws IOException {
        Head head = Head.of(stat.path());
        List<FollowedFile> alike = named.thatMayBeginLike(head, RotationMatcher.isYoung(stat, now.wallMs()));
        comparisons += alike.size();
        Matches matches = Matches.of(stat, head, alike, copies, now.wallMs());
        matches.kept().forEach(named::setKept);
        if (!matches.isCopy()) {
            for (FollowedFile known : matches.continued()) {
                Continued continued = continueIn(stat, known, now);
                named.changed(known);
                if (continued == Continued.YES) {
                    return true;
                }
                copied.putIfAbsent(continued, known);
            }
        }
        if (matches.isComparing() || (matches.isUndecided() && RotationMatcher.isYoung(stat, now.wallMs()))) {
            bindings.addUndecided(stat.path());
        }
        return matches.isUndecided();
    }

    /** Whether a content is continued in a file. */
    private enum Continued {
        /** The file needs no further attention. */
        YES,
        NO,
        /** It looks like a copy that was made before the content's last lines were written, unless another content is continued in it. */
        COPIED,
        /** As COPIED, but it is not known whether what is behind the acknowledged lines is the same. */
        CUT
    }

    /** Continues a known content in a file that begins like it. */
    private Continued continueIn(Stat stat, FollowedFile known, Moment now) {
        if (known.state() == State.LISTED) {
            bindings.setReplaced(known, now);
            if (!followed.all().contains(known)) {
                return Continued.NO;
            }
        }
        if (stat.isNamedArchive() && RotationMatcher.isYoung(stat, now.wallMs())) {
            // Each attempt decompresses what there is.
            bindings.addUndecided(stat.path());
            return Continued.YES;
        }
        Attachment result = bindings.attach(known, stat, State.LISTED, now);
        if (!result.isOther()) {
            return Continued.YES;
        }
        // A copy that lacks lines in flight must be read if they are not acknowledged before the agent ends.
        if (RotationMatcher.isYoung(stat, now.wallMs()) || known.isInFlight()) {
            bindings.addUndecided(stat.path());
            return Continued.YES;
        }
        if (result == Attachment.CUT_COPY) {
            return Continued.CUT;
        }
        // A complete one was renamed or deleted, not copied and truncated.
        boolean isCopied = result == Attachment.EARLIER_COPY && !known.absence().isAfterEnd();
        return isCopied ? Continued.COPIED : Continued.NO;
    }

    /** With how many contents new files were compared, each file for itself. */
    long comparisons() {
        return comparisons;
    }

    /** How often a copy was compared further. */
    long advances() {
        return copies.advances();
    }

    void close() {
        copies.close();
    }
}
