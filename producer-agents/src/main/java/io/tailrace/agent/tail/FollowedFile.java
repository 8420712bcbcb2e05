package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One content that is followed, and the file that holds it now. Not thread-safe.
 *
 * <p>{@code LISTED}: the globs match the file. {@code UNLISTED}: the file has lost that name, and is read to its end
 * through the open file. {@code MISSING}: no known file holds the content, but a copy of it may turn up.
 */
public final class FollowedFile {
    enum State {
        LISTED,
        UNLISTED,
        MISSING
    }

    private static final Logger log = LoggerFactory.getLogger(FollowedFile.class);
    private static final long UNKNOWN = -1;
    /** After this, an archive that grows without a pause is decompressed again. */
    private static final long GROWING_MS_MAX = 60_000;

    private final OpenFiles openFiles;
    private final Consumer<FollowedFile> changes;
    private final String contentId;
    private final String source;
    private final String file;
    private Path path;
    private FileId id;
    private boolean compressed;
    private State state = State.MISSING;
    private final Acknowledgements acknowledgements;

    private final RecentPlaces recent = new RecentPlaces();
    private final Absence absence;

    private @Nullable Content content;
    /** Whether the file has unread bytes and no descriptor. */
    private boolean waiting;

    private final DescriptorTurn turn = new DescriptorTurn();
    private final KnownBytes known;
    private LineReader.Search search = new LineReader.Search();

    private final Growth growth = new Growth();

    private long seenSizeBytes = UNKNOWN;
    private long seenModifiedMs = UNKNOWN;

    /**
     * A content that was followed before the agent's last stop.
     *
     * @param changes is told when {@link #toKeep} may have changed
     */
    FollowedFile(FileProgress progress, FileSystem fileSystem, OpenFiles openFiles, Consumer<FollowedFile> changes) {
        this.openFiles = openFiles;
        this.changes = changes;
        contentId = progress.contentId();
        source = progress.source();
        file = progress.file();
        path = progress.pathIn(fileSystem);
        compressed = Compression.ofName(path.toString()) != null;
        id = progress.id();
        acknowledgements = new Acknowledgements(progress.acknowledged(), progress.sent());
        known = new KnownBytes(acknowledgements);
        absence = new Absence(progress.complete(), progress.missingSinceMs());
        seenSizeBytes = progress.closedSizeBytes();
        seenModifiedMs = progress.closedModifiedMs();
    }

    /**
     * A new content, to be read from its beginning.
     *
     * @param changes is told when {@link #toKeep} may have changed
     */
    FollowedFile(String source, Stat stat, OpenFiles openFiles, Consumer<FollowedFile> changes) {
        this.openFiles = openFiles;
        this.changes = changes;
        contentId = FileProgress.newContentId();
        this.source = source;
        file = stat.path().toString();
        path = stat.path();
        id = stat.id();
        compressed = stat.isNamedArchive();
        acknowledgements = new Acknowledgements(ReadPosition.START, List.of());
        known = new KnownBytes(acknowledgements);
        absence = new Absence();
    }

    private void changed() {
        changes.accept(this);
    }

    /** What a checkpoint must keep of this content; empty if nothing was sent: it is found again without a checkpoint. */
    Optional<FileProgress> toKeep() {
        return acknowledged().offset() > 0 || acknowledgements.maySendAgain()
                ? Optional.of(progress())
                : Optional.empty();
    }

    private FileProgress progress() {
        // A file with an incomplete end is read again after a restart.
        boolean closed = isClosed() && !growth.isEndIncomplete() && !isInFlight();
        return new FileProgress(
                contentId,
                source,
                file,
                path.toString(),
                id,
                acknowledgements.acknowledged(),
                acknowledgements.sent(),
                absence.isAfterEnd(),
                state == State.MISSING ? absence.sinceMs() : 0,
                closed ? seenSizeBytes : UNKNOWN,
                closed ? seenModifiedMs : UNKNOWN);
    }

    /** Identity of the content, in every record of its lines. */
    public String contentId() {
        return contentId;
    }

    /** The path under which the content was first found. Records carry it, even after a rename. */
    public String file() {
        return file;
    }

    /** The last part of that path. */
    String fileName() {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** The path under which it was last seen. */
    Path path() {
        return path;
    }

    /** How far it was acknowledged, and what may have been sent after that. */
    Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    /** How far it was acknowledged. */
    ReadPosition acknowledged() {
        return acknowledgements.acknowledged();
    }

    /** How far lines are acknowledged or in flight. */
    ReadPosition readTo() {
        return acknowledgements.readTo();
    }

    /** The chunks that were read last, since the agent's start. */
    List<RecentPlaces.Place> recentPlaces() {
        return recent.all();
    }

    /** How far its bytes are known. */
    long knownTo() {
        return acknowledgements.knownTo();
    }

    FileId id() {
        return id;
    }

    State state() {
        return state;
    }

    void setState(State newState) {
        if (state != newState) {
            state = newState;
            changed();
        }
    }

    /** Whether a chunk is sent and not acknowledged. */
    boolean isInFlight() {
        return acknowledgements.chunksInFlight() > 0;
    }

    /** How many chunks are sent and not acknowledged. */
    int chunksInFlight() {
        return acknowledgements.chunksInFlight();
    }

    /** Since when its file has been missing, if it is. */
    Absence absence() {
        return absence;
    }

    /** When its file last grew, and whether it was read to its end since. */
    Growth growth() {
        return growth;
    }

    /** The open file; null if it is closed or missing. */
    @Nullable
    Content content() {
        return content;
    }

    /** What is known of its bytes. */
    KnownBytes known() {
        return known;
    }

    ReadCursor cursor() {
        return known.cursor();
    }

    LineReader.Search search() {
        return search;
    }

    /** Whether the file's size or time differ from those that were last remembered. */
    boolean hasChanged(Stat stat) {
        return stat.sizeBytes() != seenSizeBytes || stat.modifiedMs() != seenModifiedMs;
    }

    /** Whether the file was written to a moment ago. */
    boolean isYoung(Moment now) {
        return RotationMatcher.isYoung(seen(), now.wallMs());
    }

    /** The file as it was last remembered. */
    Stat seen() {
        return new Stat(path, id, seenSizeBytes, seenModifiedMs);
    }

    /** Remembers the file's path, size and time. */
    void remember(Stat stat) {
        if (hasChanged(stat) || !path.equals(stat.path())) {
            path = stat.path();
            seenSizeBytes = stat.sizeBytes();
            seenModifiedMs = stat.modifiedMs();
            changed();
        }
    }

    /**
     * Binds the content to a file that was found to hold it.
     *
     * @param opened the open file; null if it must wait for a descriptor
     */
    void attach(Stat stat, State newState, @Nullable Content opened, ReadCursor resumed, Moment now) {
        closeContent();
        id = stat.id();
        remember(stat);
        state = newState;
        known.setCursor(resumed);
        search = new LineReader.Search();
        noteGrowth(now);
        absence.end();
        if (opened == null) {
            waiting = true;
        } else {
            setOpen(opened, now);
        }
        changed();
    }

    /** Begins the turn of a file that was closed with unread bytes, or could not be opened when it was found. */
    void setOpen(Content opened, Moment now) {
        content = opened;
        compressed = opened.isCompressed();
        waiting = false;
        turn.begin(now);
        changed();
    }

    /** Binds the content to a file that holds nothing unread, without opening it. */
    void attachClosed(Stat stat) {
        closeContent();
        id = stat.id();
        compressed = stat.isNamedArchive();
        remember(stat);
        state = State.LISTED;
        changed();
    }

    /** Whether the file has unread bytes and no descriptor. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether the file may be closed for one that waits: there is nothing to read now, or enough was read for a while. */
    boolean isTurnOver(Moment now) {
        if (state == State.UNLISTED) {
            return false;
        }
        // An archive would have to be decompressed from its beginning again.
        boolean isLong = turn.isLong() && content != null && !content.isCompressed();
        return isLong || (isAtEnd() && !isInFlight()) || turn.isIdle(now);
    }

    /** Closes the file for one that waits. */
    void giveUpDescriptor() {
        boolean isRead = isAtEnd() && !isInFlight();
        closeContent();
        waiting = !isRead;
    }

    /** Has the next scan look at the file as if it had changed, as it could not be opened. */
    void forgetSeen() {
        waiting = false;
        seenSizeBytes = UNKNOWN;
        seenModifiedMs = UNKNOWN;
        changed();
    }

    /** Whether the file was read to its end, did not grow and was closed. */
    private boolean isClosed() {
        return state == State.LISTED && content == null && !waiting;
    }

    /** Whether a closed file holds nothing unread, not even a line without an end. */
    boolean isClosedFileComplete() {
        return !growth.isEndIncomplete()
                && !waiting
                && seenSizeBytes != UNKNOWN
                && (compressed || seenSizeBytes <= acknowledged().offset());
    }

    /** Whether the content's own file still holds it, as far as that can be said without decompressing it again. */
    boolean isIntact() throws IOException {
        if (content != null) {
            return known.isHeldBy(content);
        }
        if (waiting) {
            try (Content opened = Content.open(path)) {
                return known.isHeldBy(opened);
            }
        }
        Stat stat = FileId.stat(path);
        return stat.id().equals(id) && !hasChanged(stat);
    }

    /** Unbinds the content from its file. Whatever turns up at its old path has to match the fingerprint. */
    void setMissing(boolean readToEnd, Moment now) {
        closeContent();
        state = State.MISSING;
        absence.begin(readToEnd, now);
        seenSizeBytes = UNKNOWN;
        seenModifiedMs = UNKNOWN;
        changed();
    }

    /** Bytes of a plain file that were not acknowledged when its directory was last listed; 0 for a compressed one. */
    long backlogBytes() {
        return state == State.MISSING || compressed
                ? 0
                : Math.max(0, seenSizeBytes - acknowledged().offset());
    }

    void noteGrowth(Moment now) {
        growth.note(now);
        changed();
    }

    /** Records that nothing more can be read until the file changes. */
    void noteFailure(IOException reason) {
        growth.noteFailure(reason);
        changed();
    }

    /** Whether an archive that was cut off has grown, but is still being written. It has to be decompressed from its beginning. */
    boolean isGrowingArchive(Stat stat, Moment now) {
        return compressed
                && growth.failure() != null
                && hasChanged(stat)
                && RotationMatcher.isYoung(stat, now.wallMs())
                && growth.quietMs(now) < GROWING_MS_MAX;
    }

    /** Records that a read found bytes that will be lines, whether the file grows or not. */
    void noteMore() {
        growth.noteMore();
        changed();
    }

    /** Records that a read found nothing more, except perhaps an incomplete end. */
    void noteEnd(boolean incomplete, Moment now) {
        if (growth.isEndIncomplete() != incomplete) {
            changed();
        }
        growth.noteEnd(incomplete);
        if (!incomplete && !isInFlight()) {
            growth.noteCaughtUp(now);
        }
    }

    /** Records that the file has not changed since it was last listed. */
    void noteUnchanged(Moment now) {
        boolean wasReadToItsEnd = content == null ? isClosedFileComplete() : isAtEnd() && !growth.isEndIncomplete();
        if (wasReadToItsEnd && !isInFlight()) {
            growth.noteCaughtUp(now);
        }
    }

    /** Records that the open file had something to read. */
    void noteRead(Moment now) {
        noteGrowth(now);
        turn.noteRead(now);
        known.noteRead();
    }

    /** Whether the last read found nothing more. */
    boolean isAtEnd() {
        return growth.isAtEnd();
    }

    /** Records that lines will be sent, after the checkpoint that says so is on disk. */
    void noteSent(ReadPosition end, long readMs) {
        acknowledgements.noteSent(end, readMs);
        recent.add(new RecentPlaces.Place(end, cursor().lastBeginning()));
        changed();
    }

    /** Has a content of which nothing was sent begin at a position. */
    void skipTo(ReadPosition position) {
        acknowledgements.skipTo(position);
        changed();
    }

    /** Records that the first chunk in flight was acknowledged. */
    public void acknowledge(ReadPosition end) {
        acknowledgements.acknowledge(end);
        changed();
    }

    void closeContent() {
        waiting = false;
        changed();
        openFiles.closed(this);
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                // Nothing is lost: the file was only read.
                log.debug("cannot close {}", path, e);
            }
            content = null;
        }
    }

    @Override
    public String toString() {
        return state + " " + path + " at " + acknowledged().offset();
    }
}
