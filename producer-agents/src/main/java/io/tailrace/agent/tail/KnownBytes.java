package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a content's bytes, by which it is recognised in another file. Not thread-safe. */
final class KnownBytes {
    private final Acknowledgements acknowledgements;
    private ReadCursor cursor = new ReadCursor();
    /** The first bytes of the file, until the cursor has them. */
    private Head unreadHead = Head.EMPTY;

    KnownBytes(Acknowledgements acknowledgements) {
        this.acknowledgements = acknowledgements;
    }

    ReadCursor cursor() {
        return cursor;
    }

    void setCursor(ReadCursor resumed) {
        cursor = resumed;
    }

    /** Keeps the first bytes of a file that is not read yet, to recognise its copies. */
    void setUnreadHead(Head head) {
        unreadHead = head;
    }

    /** Records that the cursor may have the first bytes now. */
    void noteRead() {
        if (cursor.offset() > 0) {
            unreadHead = Head.EMPTY;
        }
    }

    /** A cursor at the position up to which everything is acknowledged or in flight; empty if a file holds another content. */
    Optional<ReadCursor> resume(Content opened) throws IOException {
        return ReadCursor.resume(opened, acknowledgements.fingerprint()).isPresent() && acknowledgements.mayBeIn(opened)
                ? ReadCursor.resume(opened, acknowledgements.readTo())
                : Optional.empty();
    }

    /**
     * Whether other bytes begin like the content.
     *
     * @param open the open file that holds it; null if none does
     * @return empty if there are too few to decide
     */
    Optional<Boolean> beginsLike(Head head, @Nullable Content open) throws IOException {
        if (cursor.offset() > 0) {
            return Optional.of(cursor.beginsLike(head));
        }
        ReadPosition hashed = acknowledgements.fingerprint();
        int needed = hashed.headBytes();
        if (needed == 0) {
            return Optional.of(beginsLikeUnreadBytes(head, open));
        }
        return head.length() < needed
                ? Optional.empty()
                : Optional.of(head.hash(needed).equals(hashed.headHash()));
    }

    /** Before the first line is whole there is no fingerprint, but the open file has the bytes, even if it was deleted. */
    private boolean beginsLikeUnreadBytes(Head head, @Nullable Content open) throws IOException {
        if (open != null && !unreadHead.isWhole()) {
            unreadHead = Head.of(open);
        }
        return head.beginsLike(unreadHead);
    }

    /** The first bytes, or fewer than an open file has meanwhile; empty if there is only a hash of them: {@link #hashed}. */
    Optional<Head> head() {
        if (cursor.offset() > 0) {
            return Optional.of(cursor.head());
        }
        return hashed().headBytes() == 0 ? Optional.of(unreadHead) : Optional.empty();
    }

    /** The position whose hash is that of the first bytes. */
    ReadPosition hashed() {
        return acknowledgements.fingerprint();
    }

    /** Whether the open file still holds the content, as far as that can be said without decompressing it again. */
    boolean isHeldBy(Content open) throws IOException {
        return cursor.mayBeIn(open, unreadHead);
    }
}
