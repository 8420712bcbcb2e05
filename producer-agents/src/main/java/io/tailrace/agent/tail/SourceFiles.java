package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The contents of one source, and which file holds each. Not thread-safe. */
final class SourceFiles {
    private static final Logger log = LoggerFactory.getLogger(SourceFiles.class);
    private static final long NEVER = -1;

    /** How long a deleted file is watched for late lines while other files wait for a descriptor. */
    private static final long SHORT_WAIT_MS = 5_000;

    private final TailConfig config;
    private final FileFinder finder;
    private final OpenFiles openFiles;
    private final ReadTurns turns;
    private final Bindings bindings;
    private final FollowedFiles followed;
    private final NewFiles newFiles;
    /** The directories in which the current scan looks for missing contents. */
    private final Map<Path, Siblings> siblings = new HashMap<>();

    private final ToSkip toSkip;

    private long scannedMs = NEVER;
    private boolean anyFound;

    /** Follows what a checkpoint kept of the source. */
    SourceFiles(
            TailConfig config, FileFinder finder, TailResources shared, ReadTurns turns, List<FileProgress> progress) {
        this.config = config;
        this.finder = finder;
        this.turns = turns;
        this.openFiles = shared.openFiles();
        toSkip = new ToSkip(config);
        bindings = new Bindings(config, new FileBinder(finder, openFiles, toSkip), shared, turns, progress);
        followed = bindings.followed();
        newFiles = new NewFiles(config, finder, bindings, new Copies(openFiles.decoders(), openFiles.budget()));
    }

    /** Has the first scan skip what files hold then, if the configuration says so. */
    void setNew() {
        toSkip.setNew();
    }

    /** Has what files held when the source was followed for the first time skipped. */
    void skip(Collection<FileToSkip> files) {
        toSkip.addAll(files);
    }

    /** Files that are not read yet, and of which what they held then is to be skipped. */
    List<FileToSkip> toSkip() {
        return toSkip.files();
    }

    /** Whether these are others than when this was last called. */
    boolean takeToSkipChanged() {
        return toSkip.takeChanged();
    }

    /** What the checkpoint must learn. */
    FileChanges takeChanges() {
        return bindings.takeChanges();
    }

    Collection<FollowedFile> followed() {
        return followed.all();
    }

    /** Says whether lines of the source can be sent, so that its files need descriptors. */
    void setReading(boolean isReading) {
        bindings.setReading(isReading);
    }

    /** An open file turned out to hold another content. */
    void setReplaced(FollowedFile file, Moment now) {
        bindings.setReplaced(file, now);
    }

    /** How long a file without a name is watched for late lines. It keeps its descriptor meanwhile. */
    long rotatedWaitMs(Moment now) {
        return openFiles.isShort(now) ? Math.min(config.rotatedWaitMs(), SHORT_WAIT_MS) : config.rotatedWaitMs();
    }

    /** Lists the directories: finds new, renamed, replaced and missing files, and forgets those missing for long. */
    void scan(Moment now) {
        Map<FileId, Stat> listed = finder.find(now.steadyMs());
        toSkip.scanned(listed);
        bindings.beginScan();
        anyFound = !listed.isEmpty();
        List<FollowedFile> missing = new ArrayList<>();
        for (FollowedFile file : List.copyOf(followed.all())) {
            if (file.state() == State.MISSING) {
                missing.add(file);
            } else {
                update(file, listed.get(file.id()), now);
            }
        }
        // Last, so that a file which holds one content is not taken for another one that begins alike.
        List<FollowedFile> notThere = missing.stream()
                .sorted(followed::compareLongestFirst)
                .filter(file -> !findAgain(file, listed.get(file.id()), now))
                .toList();
        notThere.forEach(file -> searchOrForget(file, listed.keySet(), now));
        siblings.clear();
        newFiles.identifyAll(listed.values(), now);
        bindings.endScan();
        scannedMs = now.wallMs();
    }

    private void update(FollowedFile file, @Nullable Stat stat, Moment now) {
        if (stat != null) {
            updateListed(file, stat, now);
        } else if (file.content() == null) {
            if (file.isWaiting()) {
                log.warn("file was renamed or deleted while it waited to be opened: {}", file.path());
            }
            file.setMissing(file.isClosedFileComplete(), now);
        } else {
            if (file.state() == State.LISTED) {
                log.info("file was renamed or deleted, reading it to its end: {}", file.path());
                file.setState(State.UNLISTED);
                file.noteGrowth(now);
            }
            turns.add(file);
        }
    }

    /** With how many contents new files were compared, each file for itself. */
    long comparisons() {
        return newFiles.comparisons();
    }

    /** How often an archive was decompressed further before its first line, or a copy was compared further. */
    long advances() {
        return bindings.advances() + newFiles.advances();
    }

    void close() {
        bindings.close();
        newFiles.close();
    }

    /** Whether files were too young at the last scan to say which content they hold. */
    boolean isUndecided() {
        return !bindings.undecided().isEmpty();
    }

    /** How far the files were read, as of the last scan. */
    ReadState readState(Moment now) {
        List<ReadState.FileState> files = new ArrayList<>();
        for (FollowedFile file : followed.all()) {
            if (mayHoldUnreadLines(file, now)) {
                files.add(ReadState.FileState.of(file));
            }
        }
        List<String> obstacles = new ArrayList<>();
        finder.unreadablePaths().forEach(path -> obstacles.add(path + ": cannot be read"));
        bindings.undecided().forEach(path -> obstacles.add(path + ": not known yet whether it is a copy"));
        if (scannedMs != NEVER
                && !anyFound
                && finder.expectsFiles()
                && followed.all().isEmpty()) {
            obstacles.add("source " + config.source() + ": no file matches " + String.join(",", config.globs()));
        }
        return new ReadState(bindings.isReplacedSinceScan() ? NEVER : scannedMs, files, obstacles);
    }

    /** False for a content that was read to its end, or is gone for longer than a copy of it is waited for. */
    private boolean mayHoldUnreadLines(FollowedFile file, Moment now) {
        return file.state() != State.MISSING
                || file.isInFlight()
                || (!file.absence().isAfterEnd() && file.absence().lastsMs(now) <= config.rotatedWaitMs());
    }

    /**
     * Binds a missing content to the file that held it last, if that still does.
     *
     * @return false if it has to be searched for
     */
    private boolean findAgain(FollowedFile file, @Nullable Stat stat, Moment now) {
        if (stat == null || followed.isHolder(stat.id())) {
            return false;
        }
        if (!file.hasChanged(stat)) {
            file.attachClosed(stat);
            followed.moved(file);
            return true;
        }
        return !bindings.attach(file, stat, State.LISTED, now).isOther();
    }

    private void searchOrForget(FollowedFile file, Set<FileId> listed, Moment now) {
        if (!file.absence().isNoted()) {
            file.setMissing(file.absence().isAfterEnd(), now);
        }
        long missingMs = file.absence().lastsMs(now);
        if (missingMs > config.forgetMs()) {
            bindings.forget(file);
        } else if (!file.absence().isAfterEnd() && missingMs <= config.rotatedWaitMs()) {
            searchSiblings(file, listed, now);
        }
    }

    /** Finds a content that was renamed, copied or compressed to a name that no glob matches. */
    private void searchSiblings(FollowedFile file, Set<FileId> listed, Moment now) {
        Path directory = file.path().getParent();
        if (directory == null) {
            return;
        }
        Siblings there = siblings.computeIfAbsent(directory, each -> new Siblings(finder.files(each, now.steadyMs())));
        for (Stat sibling : there.candidates(file)) {
            if (!listed.contains(sibling.id()) && !followed.isHolder(sibling.id())) {
                switch (bindings.attach(file, sibling, State.UNLISTED, now)) {
                    case ATTACHED -> {
                        return;
                    }
                    // It is missing from now on, and looked for again.
                    case NO_DESCRIPTOR -> file.setMissing(false, now);
                    case OTHER_CONTENT, EARLIER_COPY, CUT_COPY, UNREADABLE, NOT_READY -> {}
                }
            }
        }
    }

    private void updateListed(FollowedFile file, Stat stat, Moment now) {
        file.setState(State.LISTED);
        if (file.isGrowingArchive(stat, now)) {
            return;
        }
        boolean changed = file.hasChanged(stat);
        if (changed) {
            file.noteGrowth(now);
        } else {
            file.noteUnchanged(now);
            reportFailure(file, now);
        }
        if (changed && file.content() != null && isReplaced(file)) {
            bindings.setReplaced(file, now);
            return;
        }
        if (file.content() != null) {
            updateOpen(file, changed, now);
        } else if (file.isWaiting()) {
            bindings.await(file);
        } else if (changed) {
            switch (bindings.attach(file, stat, State.LISTED, now)) {
                case ATTACHED -> {}
                case OTHER_CONTENT, EARLIER_COPY, CUT_COPY -> {
                    bindings.setReplaced(file, now);
                    return;
                }
                case UNREADABLE, NOT_READY, NO_DESCRIPTOR -> {
                    return;
                }
            }
        }
        boolean renamed = !file.path().equals(stat.path());
        file.remember(stat);
        if (renamed) {
            followed.moved(file);
        }
    }

    private void updateOpen(FollowedFile file, boolean changed, Moment now) {
        if (changed) {
            turns.add(file);
        } else if (file.isAtEnd() && !file.isInFlight() && file.growth().quietMs(now) > config.idleCloseMs()) {
            file.closeContent();
        }
    }

    /** A file that cannot be read to its end is unreadable until it changes. One that is still being written may just be unfinished. */
    void reportFailure(FollowedFile file, Moment now) {
        IOException failure = file.growth().failure();
        if (failure != null && !(failure instanceof EOFException && file.isYoung(now))) {
            finder.setUnreadable(file.path(), failure);
        }
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
}
