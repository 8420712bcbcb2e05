package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileBinder.Attachment;
import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds the contents of one source to the files that hold them, and unbinds them. A file that is bound is read in turn once it has a
 * descriptor, and the checkpoint learns of the change. Not thread-safe.
 */
final class Bindings implements OpenFiles.Opener {
    private static final Logger log = LoggerFactory.getLogger(Bindings.class);

    private final TailConfig config;
    private final FileBinder binder;
    private final OpenFiles openFiles;
    private final ReadTurns turns;
    private final FollowedFiles followed = new FollowedFiles();
    private final ProgressChanges changes = new ProgressChanges();
    private final List<Path> undecided = new ArrayList<>();
    private boolean isReading = true;
    private boolean replacedSinceScan;

    /** Follows what a checkpoint kept of the source. */
    Bindings(TailConfig config, FileBinder binder, TailResources shared, ReadTurns turns, List<FileProgress> progress) {
        this.config = config;
        this.binder = binder;
        this.openFiles = shared.openFiles();
        this.turns = turns;
        for (FileProgress kept : progress) {
            FollowedFile file = new FollowedFile(kept, shared.fileSystem(), openFiles, changes::touch);
            followed.add(file);
            changes.addKept(file, kept);
        }
    }

    FollowedFiles followed() {
        return followed;
    }

    /** What the checkpoint must learn. */
    FileChanges takeChanges() {
        return changes.take(followed);
    }

    /** Says whether lines of the source can be sent, so that its files need descriptors. */
    void setReading(boolean reading) {
        if (isReading != reading) {
            isReading = reading;
            openFiles.readingChanged(this);
        }
    }

    @Override
    public boolean isReading() {
        return isReading;
    }

    void beginScan() {
        undecided.clear();
    }

    void endScan() {
        binder.scanned();
        replacedSinceScan = false;
    }

    /** Records that it cannot be said yet which content a file holds. */
    void addUndecided(Path path) {
        undecided.add(path);
    }

    /** Files of which the last scan could not say which content they hold. */
    List<Path> undecided() {
        return undecided;
    }

    /** Whether a file turned out to hold another content, which the next scan will find. */
    boolean isReplacedSinceScan() {
        return replacedSinceScan;
    }

    /** A content that may turn out to be new. It is not followed yet. */
    FollowedFile newContent(Stat stat) {
        return new FollowedFile(config.source(), stat, openFiles, changes::touch);
    }

    void follow(FollowedFile file) {
        followed.add(file);
        changes.touch(file);
    }

    /** Has a file wait for a descriptor. */
    void await(FollowedFile file) {
        openFiles.await(file, this);
    }

    /** Binds a content to a file, if the file holds that content. */
    Attachment attach(FollowedFile file, Stat stat, State state, Moment now) {
        Attachment result = binder.attach(file, stat, state, now);
        if (result == Attachment.ATTACHED) {
            followed.moved(file);
            if (file.isWaiting()) {
                await(file);
            } else {
                opened(file);
            }
        } else if (result == Attachment.NOT_READY) {
            addUndecided(stat.path());
        }
        return result;
    }

    private void opened(FollowedFile file) {
        openFiles.opened(file, this);
        turns.add(file);
    }

    @Override
    public void open(FollowedFile file, Moment now) {
        Attachment result = binder.reopen(file, now);
        if (result == Attachment.ATTACHED) {
            opened(file);
        } else if (result.isOther()) {
            setReplaced(file, now);
        }
    }

    /** Nothing of a content need be kept any longer. */
    void forget(FollowedFile file) {
        followed.remove(file);
        changes.touch(file);
    }

    /** Unbinds a content from a file that holds another one now. */
    void setReplaced(FollowedFile file, Moment now) {
        log.info(
                "file was truncated or replaced: {}, acknowledged to byte {}",
                file.path(),
                file.acknowledged().offset());
        replacedSinceScan = true;
        file.setMissing(false, now);
        if (file.acknowledged().offset() == 0 && !file.acknowledgements().maySendAgain()) {
            forget(file);
        }
    }

    /** How often an archive was decompressed further before its first line. */
    long advances() {
        return binder.advances();
    }

    void close() {
        followed.all().forEach(FollowedFile::closeContent);
        binder.close();
    }
}
