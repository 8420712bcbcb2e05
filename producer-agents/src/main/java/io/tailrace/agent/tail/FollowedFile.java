package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One content that is followed, and the file that holds it now.
 *
 * <p>{@code LISTED}: a file that the globs name. {@code UNLISTED}: its file has lost that name, and is read to its end
 * through the open file. {@code ADRIFT}: no file holds it, but a copy of it may turn up and take over.
 */
public final class FollowedFile {
    enum State {
        LISTED,
        UNLISTED,
        ADRIFT
    }

    private static final Logger log = LoggerFactory.getLogger(FollowedFile.class);

    private final String source;
    private final String file;
    private Path path;
    private FileId id;
    private State state = State.ADRIFT;
    private Mark committed;
    private boolean complete;
    private long adriftSinceMs;

    private @Nullable Content content;
    private Trail trail = new Trail();
    private LineReader.Search search = new LineReader.Search();
    private boolean inFlight;
    private long lastGrownMs;
    private boolean atEnd;
    private long seenSizeBytes = -1;
    private long seenModifiedMs = -1;

    /** A content that was followed before the agent's last stop. */
    FollowedFile(Entry entry) {
        source = entry.source();
        file = entry.file();
        path = Path.of(entry.path());
        id = new FileId(entry.device(), entry.inode());
        committed = entry.mark();
        complete = entry.complete();
        adriftSinceMs = entry.adriftSinceMs();
        seenSizeBytes = entry.restingSizeBytes();
        seenModifiedMs = entry.restingModifiedMs();
    }

    /** A content that nothing has been read of. */
    FollowedFile(String source, Stat stat) {
        this.source = source;
        file = stat.path().toString();
        path = stat.path();
        id = stat.id();
        committed = Mark.START;
    }

    /**
     * What a checkpoint keeps of a content.
     *
     * @param source the source it belongs to
     * @param file the path under which it was first found
     * @param path the path under which it was last seen
     * @param device where its bytes are
     * @param inode where its bytes are
     * @param mark what has been acknowledged
     * @param complete whether it was read to its end and its file is gone
     * @param adriftSinceMs when its file was last missed, or 0 while it is there
     * @param restingSizeBytes size of the file that was read to its end and closed, or -1 for any other
     * @param restingModifiedMs when that file was last written to, or -1
     */
    public record Entry(
            String source,
            String file,
            String path,
            long device,
            long inode,
            Mark mark,
            boolean complete,
            long adriftSinceMs,
            long restingSizeBytes,
            long restingModifiedMs) {}

    Entry entry() {
        boolean resting = isResting();
        return new Entry(
                source,
                file,
                path.toString(),
                id.device(),
                id.inode(),
                committed,
                complete,
                state == State.ADRIFT ? adriftSinceMs : 0,
                resting ? seenSizeBytes : -1,
                resting ? seenModifiedMs : -1);
    }

    public String source() {
        return source;
    }

    /** The path under which the content was first found: what its records say, whatever it is called now. */
    public String file() {
        return file;
    }

    /** The path under which it was last seen. */
    public Path path() {
        return path;
    }

    /** What has been acknowledged. */
    public Mark committed() {
        return committed;
    }

    FileId id() {
        return id;
    }

    State state() {
        return state;
    }

    boolean isInFlight() {
        return inFlight;
    }

    boolean isComplete() {
        return complete;
    }

    long adriftSinceMs() {
        return adriftSinceMs;
    }

    @Nullable
    Content content() {
        return content;
    }

    Trail trail() {
        return trail;
    }

    LineReader.Search search() {
        return search;
    }

    /** Whether the file looks other than when it was last read to its end. */
    boolean hasChanged(Stat stat) {
        return stat.sizeBytes() != seenSizeBytes || stat.modifiedMs() != seenModifiedMs;
    }

    void seen(Stat stat) {
        path = stat.path();
        seenSizeBytes = stat.sizeBytes();
        seenModifiedMs = stat.modifiedMs();
    }

    /** Binds the content to a file that was found to hold it. */
    void attach(Stat stat, State newState, Content opened, Trail resumed, long nowMs) {
        closeContent();
        id = stat.id();
        seen(stat);
        state = newState;
        content = opened;
        trail = resumed;
        search = new LineReader.Search();
        grown(nowMs);
        complete = false;
    }

    /** Binds the content to a file of which there is nothing to read. */
    void rest(Stat stat) {
        closeContent();
        id = stat.id();
        seen(stat);
        state = State.LISTED;
    }

    /** Whether the file was read to its end, did not grow and has been closed. */
    boolean isResting() {
        return state == State.LISTED && content == null;
    }

    /** Whether nothing of a resting file is unread, not even a line without an end. */
    boolean isRestingComplete() {
        return seenSizeBytes <= committed.position() || path.toString().endsWith(".gz");
    }

    /**
     * Whether other bytes begin as this content does.
     *
     * @return empty when they are too few to tell
     */
    Optional<Boolean> beginsLike(byte[] head, int length) throws IOException {
        if (trail.position() > 0) {
            return Optional.of(trail.beginsLike(head, length));
        }
        int needed = committed.headBytes();
        if (needed == 0) {
            return Optional.of(beginsLikeWhatIsUnread(head, length));
        }
        return length < needed
                ? Optional.empty()
                : Optional.of(Mark.hash(head, needed).equals(committed.headHash()));
    }

    /** No line is whole yet: its first bytes have no mark, but are in the file that is open, even if it was deleted. */
    private boolean beginsLikeWhatIsUnread(byte[] head, int length) throws IOException {
        if (content == null) {
            return false;
        }
        byte[] own = new byte[Mark.HEAD_BYTES_MAX];
        int common = Math.min(length, content.read(0, own, own.length));
        return common > 0 && Arrays.equals(own, 0, common, head, 0, common);
    }

    /** Whether the content's own file still holds it. */
    boolean isIntact() throws IOException {
        if (content != null) {
            return content instanceof GzipContent || trail.isStillIn(content);
        }
        FileId.Stat stat = FileId.stat(path);
        return stat.id().equals(id) && !hasChanged(stat);
    }

    void becomes(State newState) {
        state = newState;
    }

    /** No file holds the content any more, as far as can be seen. */
    void setAdrift(boolean readToEnd, long nowMs) {
        closeContent();
        state = State.ADRIFT;
        complete = readToEnd;
        adriftSinceMs = nowMs;
        // Whatever is found at its old place from now on has to prove what it is.
        seenSizeBytes = -1;
        seenModifiedMs = -1;
    }

    void grown(long nowMs) {
        lastGrownMs = nowMs;
        atEnd = false;
    }

    void cameToEnd() {
        atEnd = true;
    }

    boolean isAtEnd() {
        return atEnd;
    }

    long quietMs(long nowMs) {
        return nowMs - lastGrownMs;
    }

    void sent() {
        if (inFlight) {
            throw new IllegalStateException(path + ": a second chunk in flight");
        }
        inFlight = true;
    }

    /** The chunk in flight was acknowledged. */
    public void acknowledged(Mark end) {
        if (!inFlight || end.position() <= committed.position()) {
            throw new IllegalStateException(
                    path + ": acknowledged to " + end.position() + " after " + committed.position());
        }
        inFlight = false;
        committed = end;
    }

    void closeContent() {
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                // A file that was only read has nothing to lose by it.
                log.debug("closing {}", path, e);
            }
            content = null;
        }
    }

    @Override
    public String toString() {
        return state + " " + path + " at " + committed.position();
    }
}
