package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileBinder.Attachment;
import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import io.tailrace.agent.tail.RotationMatcher.Match;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        try {
            if (RotationMatcher.isArchiveOfFile(stat)) {
                if (RotationMatcher.isYoung(stat, now.wallMs())) {
                    bindings.addUndecided(stat.path());
                }
                return;
            }
            // Compressing a log keeps its time.
            if (isKnown(stat, candidates.of(RotationMatcher.name(stat.path()), isTooOld), now)) {
                return;
            }
        } catch (IOException e) {
            finder.setUnreadable(stat.path(), e);
            return;
        }
        if (isTooOld) {
            return;
        }
        FollowedFile file = bindings.newContent(stat);
        if (bindings.attach(file, stat, State.LISTED, now) == Attachment.ATTACHED) {
            bindings.follow(file);
            candidates.changed(file);
            log.info(
                    "following new file: {}, from byte {}",
                    stat.path(),
                    file.acknowledged().offset());
        }
    }

    /** Whether a file holds one of the contents, or it cannot be said yet. */
    private boolean isKnown(Stat stat, RotationCandidates.OfName named, Moment now) throws IOException {
        if (named.isEmpty()) {
            return false;
        }
        boolean isYoung = RotationMatcher.isYoung(stat, now.wallMs());
        Head head = Head.of(stat.path());
        for (FollowedFile known : named.thatMayBeginLike(head, isYoung)) {
            comparisons++;
            Match match = RotationMatcher.match(stat, head, known, copies, now.wallMs());
            if (match == Match.COMPARING || (match == Match.UNDECIDED && isYoung)) {
                bindings.addUndecided(stat.path());
            }
            if (match == Match.COMPARING || match == Match.UNDECIDED) {
                return true;
            }
            if (match == Match.KEPT) {
                named.setKept(known);
            } else if (match == Match.CONTINUATION) {
                boolean isContinued = continueIn(stat, known, now);
                named.changed(known);
                if (isContinued) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Continues a known content in a file that begins like it.
     *
     * @return whether the file needs no further attention; false if it turned out to hold another content
     */
    private boolean continueIn(Stat stat, FollowedFile known, Moment now) {
        if (known.state() == State.LISTED) {
            bindings.setReplaced(known, now);
        }
        if (stat.isNamedArchive() && RotationMatcher.isYoung(stat, now.wallMs())) {
            // Each attempt decompresses what there is.
            bindings.addUndecided(stat.path());
            return true;
        }
        Attachment result = bindings.attach(known, stat, State.LISTED, now);
        if (!result.isOther()) {
            return true;
        }
        // A copy that lacks lines in flight must be read if they are not acknowledged before the agent ends.
        if (RotationMatcher.isYoung(stat, now.wallMs()) || known.isInFlight()) {
            bindings.addUndecided(stat.path());
            return true;
        }
        // A complete one was renamed or deleted, not copied and truncated.
        if (result == Attachment.EARLIER_COPY && !known.absence().isAfterEnd()) {
            known.attachClosed(stat);
            followed.moved(known);
            return true;
        }
        return false;
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
