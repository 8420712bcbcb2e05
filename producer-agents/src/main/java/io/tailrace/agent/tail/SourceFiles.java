package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import io.tailrace.agent.tail.RotationMatcher.Match;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The contents of one source, and which file holds each. Not thread-safe. */
final class SourceFiles {
    private static final Logger log = LoggerFactory.getLogger(SourceFiles.class);
    private static final long NEVER = -1;

    private final TailConfig config;
    private final FileFinder finder;
    private final List<FollowedFile> followed = new ArrayList<>();
    /** Files that were too young at the last scan to say which content they hold. */
    private final List<Path> undecided = new ArrayList<>();

    private long scannedMs = NEVER;
    private boolean anyFound;
    /** Whether a file turned out to hold another content, which the next scan will find. */
    private boolean replacedSinceScan;

    /** Follows what a checkpoint kept of the source. */
    SourceFiles(TailConfig config, FileFinder finder, FileSystem fileSystem, List<FileProgress> progress) {
        this.config = config;
        this.finder = finder;
        progress.forEach(file -> followed.add(new FollowedFile(file, fileSystem)));
    }

    List<FollowedFile> followed() {
        return followed;
    }

    /** Lists the directories: finds new, renamed, replaced and missing files, and forgets those missing for long. */
    void scan(Moment now) {
        Map<FileId, Stat> listed = finder.find();
        undecided.clear();
        anyFound = !listed.isEmpty();
        List<FollowedFile> missing = new ArrayList<>();
        for (FollowedFile file : List.copyOf(followed)) {
            @Nullable Stat stat = listed.get(file.id());
            if (file.state() == State.MISSING) {
                if (!findAgain(file, stat, now)) {
                    missing.add(file);
                }
            } else if (stat != null) {
                updateListed(file, stat, now);
            } else if (file.content() == null) {
                file.setMissing(file.isClosedFileComplete(), now);
            } else if (file.state() == State.LISTED) {
                log.info("file was renamed or deleted, reading it to its end: {}", file.path());
                file.setState(State.UNLISTED);
                file.noteGrowth(now);
            }
        }
        // Last, so that a file which holds one content is not taken for another one that begins alike.
        longestFirst(missing).forEach(file -> searchOrForget(file, listed.keySet(), now));
        identifyAll(listed.values(), now);
        scannedMs = now.wallMs();
        replacedSinceScan = false;
    }

    /** Identifies every file that is not followed, and those that a content has left for one of them. */
    private void identifyAll(Collection<Stat> files, Moment now) {
        // A copy has the longer name. If both are new, it must not be taken for the log.
        List<Stat> listed = new ArrayList<>(files);
        listed.sort(Comparator.comparing(stat -> stat.path().toString().length()));
        Set<FileId> identified = new HashSet<>();
        boolean again = true;
        while (again) {
            again = false;
            for (Stat stat : listed) {
                if (stat.sizeBytes() > 0 && !isFollowed(stat.id()) && identified.add(stat.id())) {
                    identify(stat, now);
                    again = true;
                }
            }
        }
    }

    /** Whether files were too young at the last scan to say which content they hold. */
    boolean isUndecided() {
        return !undecided.isEmpty();
    }

    /** How far the files were read, as of the last scan. */
    ReadState readState(Moment now) {
        List<ReadState.FileState> files = new ArrayList<>();
        for (FollowedFile file : followed) {
            if (mayHoldUnreadLines(file, now)) {
                files.add(ReadState.FileState.of(file));
            }
        }
        List<String> obstacles = new ArrayList<>();
        finder.unreadablePaths().forEach(path -> obstacles.add(path + ": cannot be read"));
        undecided.forEach(path -> obstacles.add(path + ": not known yet whether it is a copy"));
        if (scannedMs != NEVER && !anyFound && followed.isEmpty()) {
            obstacles.add("source " + config.source() + ": no file matches " + String.join(",", config.globs()));
        }
        return new ReadState(replacedSinceScan ? NEVER : scannedMs, files, obstacles);
    }

    /** False for a content that was read to its end, or is gone for longer than a copy of it is waited for. */
    private boolean mayHoldUnreadLines(FollowedFile file, Moment now) {
        return file.state() != State.MISSING
                || file.isInFlight()
                || (!file.isComplete() && file.missingMs(now) <= config.rotatedWaitMs());
    }

    private boolean isFollowed(FileId id) {
        return followed.stream()
                .anyMatch(file -> file.state() != State.MISSING && file.id().equals(id));
    }

    /**
     * Binds a missing content to the file that held it last, if that still does.
     *
     * @return false if it has to be searched for
     */
    private boolean findAgain(FollowedFile file, @Nullable Stat stat, Moment now) {
        if (stat == null || isFollowed(stat.id())) {
            return false;
        }
        if (!file.hasChanged(stat)) {
            file.attachClosed(stat);
            return true;
        }
        return attach(file, stat, State.LISTED, now) != Attachment.OTHER_CONTENT;
    }

    private void searchOrForget(FollowedFile file, Set<FileId> listed, Moment now) {
        if (!file.isMissed()) {
            file.setMissing(file.isComplete(), now);
        }
        long missingMs = file.missingMs(now);
        if (missingMs > config.forgetMs()) {
            followed.remove(file);
        } else if (!file.isComplete() && missingMs <= config.rotatedWaitMs()) {
            searchSiblings(file, listed, now);
        }
    }

    /** Finds a content that was renamed, copied or compressed to a name that no glob matches. */
    private void searchSiblings(FollowedFile file, Set<FileId> listed, Moment now) {
        for (Stat sibling : finder.siblings(file.path())) {
            boolean candidate = sibling.id().equals(file.id()) || RotationMatcher.isRotatedName(sibling, file);
            if (candidate
                    && !listed.contains(sibling.id())
                    && !isFollowed(sibling.id())
                    && attach(file, sibling, State.UNLISTED, now) == Attachment.ATTACHED) {
                return;
            }
        }
    }

    private void updateListed(FollowedFile file, Stat stat, Moment now) {
        file.setState(State.LISTED);
        boolean changed = file.hasChanged(stat);
        if (changed) {
            file.noteGrowth(now);
        } else {
            file.noteUnchanged(now);
        }
        if (changed && file.content() != null && isReplaced(file)) {
            setReplaced(file, now);
            return;
        }
        if (file.content() != null) {
            boolean idle = file.isAtEnd() && !file.isInFlight() && file.quietMs(now) > config.idleCloseMs();
            if (idle) {
                file.closeContent();
            }
        } else if (changed) {
            switch (attach(file, stat, State.LISTED, now)) {
                case ATTACHED -> {}
                case OTHER_CONTENT -> {
                    setReplaced(file, now);
                    return;
                }
                case UNREADABLE -> {
                    return;
                }
            }
        }
        file.remember(stat);
    }

    /** Of two contents that begin like a file, the file holds the one that is like it for longer. */
    private static List<FollowedFile> longestFirst(List<FollowedFile> files) {
        return files.stream()
                .sorted(Comparator.comparing(FollowedFile::knownTo).reversed())
                .toList();
    }

    /** Whether an open file holds another content. If that cannot be read, a read of its lines will fail, too. */
    private static boolean isReplaced(FollowedFile file) {
        try {
            return !file.isIntact();
        } catch (IOException e) {
            log.debug("cannot be compared: {}", file.path(), e);
            return false;
        }
    }

    /** Decides which content a new file holds. */
    private void identify(Stat stat, Moment now) {
        try {
            if (RotationMatcher.isArchiveOfFile(stat)) {
                if (RotationMatcher.isYoung(stat, now.wallMs())) {
                    undecided.add(stat.path());
                }
                return;
            }
            for (FollowedFile known : longestFirst(followed)) {
                Match match = RotationMatcher.match(stat, known, now.wallMs());
                boolean decided =
                        match == Match.UNDECIDED || (match == Match.CONTINUATION && continueIn(stat, known, now));
                if (decided) {
                    if (match == Match.UNDECIDED && RotationMatcher.isYoung(stat, now.wallMs())) {
                        undecided.add(stat.path());
                    }
                    return;
                }
            }
        } catch (IOException e) {
            finder.setUnreadable(stat.path(), e);
            return;
        }
        FollowedFile file = new FollowedFile(config.source(), stat);
        if (attach(file, stat, State.LISTED, now) == Attachment.ATTACHED) {
            followed.add(file);
            log.info("following new file: {}", stat.path());
        }
    }

    /**
     * Continues a known content in a file that begins like it.
     *
     * @return whether the file needs no further attention; false if it turned out to hold another content
     */
    private boolean continueIn(Stat stat, FollowedFile known, Moment now) throws IOException {
        if (known.state() == State.LISTED) {
            setReplaced(known, now);
        }
        if (attach(known, stat, State.LISTED, now) != Attachment.OTHER_CONTENT) {
            return true;
        }
        // A copy that lacks lines in flight must be read if they are not acknowledged before the agent ends.
        if (RotationMatcher.isYoung(stat, now.wallMs()) || known.isInFlight()) {
            undecided.add(stat.path());
            return true;
        }
        if (isCopyWithoutTheLastLines(stat, known)) {
            known.attachClosed(stat);
            return true;
        }
        return false;
    }

    /** Whether a file was copied from a log before its last lines were written, which have been read from the log. */
    private boolean isCopyWithoutTheLastLines(Stat stat, FollowedFile known) throws IOException {
        try (Content content = Content.open(stat.path())) {
            return known.isLongerThan(content) && known.hasPrefix(content);
        }
    }

    private enum Attachment {
        ATTACHED,
        OTHER_CONTENT,
        UNREADABLE
    }

    /** Opens a file and binds a content to it, if the file holds that content. */
    private Attachment attach(FollowedFile file, Stat stat, State state, Moment now) {
        Content content = null;
        try {
            content = Content.open(stat.path());
            Optional<ReadCursor> cursor = file.resume(content, stat.id());
            boolean renamedMeanwhile = !FileId.stat(stat.path()).id().equals(stat.id());
            finder.setReadable(stat.path());
            if (renamedMeanwhile || cursor.isEmpty()) {
                content.close();
                return renamedMeanwhile ? Attachment.UNREADABLE : Attachment.OTHER_CONTENT;
            }
            file.attach(stat, state, content, cursor.get(), now);
            return Attachment.ATTACHED;
        } catch (IOException e) {
            finder.setUnreadable(stat.path(), e);
            closeQuietly(content);
            return Attachment.UNREADABLE;
        }
    }

    private static void closeQuietly(@Nullable Content content) {
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                log.debug("cannot close a file that could not be read", e);
            }
        }
    }

    /** Unbinds a content from a file that holds another one now. */
    void setReplaced(FollowedFile file, Moment now) {
        log.info(
                "file was truncated or replaced: {}, acknowledged to byte {}",
                file.path(),
                file.acknowledged().offset());
        replacedSinceScan = true;
        file.setMissing(false, now);
        if (file.acknowledged().offset() == 0 && !file.maySendAgain()) {
            followed.remove(file);
        }
    }
}
