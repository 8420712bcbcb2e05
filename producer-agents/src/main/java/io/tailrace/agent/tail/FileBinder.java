package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the files of a source, and binds contents to those that hold them. Not thread-safe. */
final class FileBinder {
    private final FileFinder finder;
    private final OpenFiles openFiles;
    private final ContentOpener opener;
    private final ToSkip toSkip;

    enum Attachment {
        /** The content is bound to the file. If no descriptor is left, the file is closed again. */
        ATTACHED,
        OTHER_CONTENT,
        /** The file is a copy that was made before the content's last lines were written, which have been read. */
        EARLIER_COPY,
        /** The file may be a copy that was made before the last lines were written which may have been sent before a crash. */
        CUT_COPY,
        UNREADABLE,
        /** An archive is being decompressed up to where it is continued: to be tried again. */
        NOT_READY,
        /** The file has no name, so that it cannot wait for a descriptor: to be tried again. */
        NO_DESCRIPTOR;

        /** Whether the file does not hold the content up to where it was read. */
        boolean isOther() {
            return this == OTHER_CONTENT || this == EARLIER_COPY || this == CUT_COPY;
        }
    }

    FileBinder(FileFinder finder, OpenFiles openFiles, ToSkip toSkip) {
        this.finder = finder;
        this.openFiles = openFiles;
        this.toSkip = toSkip;
        opener = new ContentOpener(openFiles.decoders(), openFiles.budget(), toSkip);
    }

    /** Opens a file and binds a content to it, if the file holds that content. */
    Attachment attach(FollowedFile file, Stat stat, State state, Moment now) {
        if (state == State.UNLISTED && !openFiles.hasReserve(now)) {
            return Attachment.NO_DESCRIPTOR;
        }
        boolean waits = state == State.LISTED && !openFiles.hasRoom();
        boolean skips = file.acknowledgements().isUntouched() && toSkip.contains(stat);
        @Nullable Content unbound = null;
        try {
            Optional<Continuation> ready = opener.open(file, stat, skips);
            if (ready.isEmpty()) {
                return Attachment.NOT_READY;
            }
            Continuation attempt = ready.get();
            Content content = attempt.content();
            unbound = content;
            attempt.skippedTo().ifPresent(file::skipTo);
            Optional<ReadCursor> cursor = attempt.cursor();
            Attachment result = decide(content, stat, cursor.isPresent());
            finder.setReadable(stat.path());
            // A file that lacks what was read of itself was truncated or written again.
            if (result == Attachment.OTHER_CONTENT && !stat.id().equals(file.id())) {
                return copyOf(attempt);
            }
            if (result == Attachment.ATTACHED && cursor.isPresent()) {
                content.noteVerified();
                file.known().setUnreadHead(cursor.get().offset() == 0 ? Head.of(content) : Head.EMPTY);
                file.attach(stat, state, waits ? null : content, cursor.get(), now);
                toSkip.remove(stat.id());
                unbound = waits ? content : null;
            }
            return result;
        } catch (IOException e) {
            finder.setUnreadable(stat.path(), e);
            return Attachment.UNREADABLE;
        } finally {
            ContentOpener.closeQuietly(unbound);
        }
    }

    private static Attachment copyOf(Continuation attempt) throws IOException {
        if (attempt.isEarlierCopy()) {
            return Attachment.EARLIER_COPY;
        }
        return attempt.isCut() ? Attachment.CUT_COPY : Attachment.OTHER_CONTENT;
    }

    /**
     * Opens a file again that has waited for a descriptor. Whether an archive still holds the content is known when it is decompressed up
     * to where it is continued, before a line of it is read.
     */
    Attachment reopen(FollowedFile file, Moment now) {
        @Nullable Content unbound = null;
        try {
            Content content = Content.open(file.path(), openFiles.decoders());
            unbound = content;
            Stat stat = new Stat(file.path(), file.id(), 0, 0);
            Attachment result = decide(
                    content, stat, content.isCompressed() || file.cursor().matches(content));
            if (result == Attachment.ATTACHED) {
                if (file.cursor().offset() == 0 && !content.isCompressed()) {
                    file.known().setUnreadHead(Head.of(content));
                }
                file.setOpen(content, now);
                unbound = null;
            }
            return result;
        } catch (NoSuchFileException e) {
            // It was renamed. The next scan finds its name.
            return Attachment.UNREADABLE;
        } catch (IOException e) {
            finder.setUnreadable(file.path(), e);
            file.forgetSeen();
            return Attachment.UNREADABLE;
        } finally {
            ContentOpener.closeQuietly(unbound);
        }
    }

    /** What an opened file is for a content. Fails if the file is damaged, so that nobody can say. */
    private static Attachment decide(Content content, Stat stat, boolean holdsContent) throws IOException {
        if (!holdsContent && content.failure().isPresent()) {
            throw content.failure().get();
        }
        if (!FileId.stat(stat.path()).id().equals(stat.id())) {
            // It was renamed before it was opened.
            return Attachment.UNREADABLE;
        }
        return holdsContent ? Attachment.ATTACHED : Attachment.OTHER_CONTENT;
    }

    /** How often an archive got further, and was not ready. */
    long advances() {
        return opener.advances();
    }

    /** Ends a scan: closes what it has not asked for. */
    void scanned() {
        opener.scanned();
    }

    void close() {
        opener.close();
    }
}
