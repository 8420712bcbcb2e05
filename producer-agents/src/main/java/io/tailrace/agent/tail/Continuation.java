package io.tailrace.agent.tail;

import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to continue a content in a file, which may take several steps if the file is an archive. It is read forward only, so
 * what is asked of positions before the end is found out on the way. Not thread-safe.
 */
final class Continuation implements Closeable {
    private final FollowedFile file;
    private final Content content;
    /** The end of what is skipped; null if nothing is. */
    private final @Nullable FileEnd end;
    /** The chunks that were read last, in order, and how many of them were compared. */
    private final List<RecentPlaces.Place> places;

    private int passed;
    private boolean holdsLastPassed;
    /** Whether an archive was compared where its content is known furthest, and how much of what may have been sent behind that was. */
    private boolean isAtKnown;

    private int passedSent;
    /** Whether an archive has something else there, or ends before what may have been sent. */
    private boolean isOther;

    private boolean isCut;

    /** @param end searches for the end of what is skipped; null if nothing is */
    Continuation(FollowedFile file, Content content, @Nullable FileEnd end) {
        this.file = file;
        this.content = content;
        this.end = end;
        places = file.recentPlaces().stream()
                .sorted(Comparator.comparingLong(place -> place.end().offset()))
                .toList();
    }

    /** Whether this is an attempt to continue a content. A new one is found again by each scan, and has no identity yet. */
    boolean isFor(FollowedFile other) {
        return file.equals(other)
                || (file.acknowledgements().isUntouched()
                        && other.acknowledgements().isUntouched());
    }

    Content content() {
        return content;
    }

    /**
     * Gets ready to say whether the file holds the content.
     *
     * @return false if the budget was used up before
     */
    boolean advance(ReadBudget budget) throws IOException {
        if (end != null) {
            return end.search(content, budget);
        }
        ReadPosition known = file.acknowledgements().fingerprint();
        if (!ReadCursor.beginsAs(content, known)) {
            return true;
        }
        if (!content.isCompressed()) {
            // The places can be looked at when they are needed.
            return true;
        }
        if (!isAtKnown) {
            if (!passPlaces(known.offset(), budget) || !content.advanceTo(known.offset(), 0, budget)) {
                return false;
            }
            isAtKnown = true;
            isOther = ReadCursor.resume(content, known).isEmpty();
        }
        return isOther || (passSent(budget) && content.advanceTo(known.offset(), 0, budget));
    }

    /** Looks at all that may have been sent, which is a little further on than where the content is continued. */
    private boolean passSent(ReadBudget budget) throws IOException {
        List<SentLines> sent = file.acknowledgements().sent();
        while (passedSent < sent.size()) {
            ReadPosition sentTo = sent.get(passedSent).end();
            if (!content.advanceTo(sentTo.offset(), 0, budget)) {
                return false;
            }
            if (ReadCursor.ends(content, sentTo)) {
                isCut = true;
                return true;
            }
            if (ReadCursor.resume(content, sentTo).isEmpty()) {
                isOther = true;
                return true;
            }
            passedSent++;
        }
        return true;
    }

    private boolean passPlaces(long before, ReadBudget budget) throws IOException {
        while (passed < places.size() && places.get(passed).end().offset() < before) {
            ReadPosition place = places.get(passed).end();
            if (!content.advanceTo(place.offset(), 0, budget)) {
                return false;
            }
            if (ReadCursor.ends(content, place)) {
                return true;
            }
            passed++;
            holdsLastPassed = ReadCursor.resume(content, place).isPresent() && goesOnAfter(place);
        }
        return true;
    }

    /** Whether the bytes behind the last place that was passed, as far as the file has any, are those which were read there. */
    private boolean goesOnAfter(ReadPosition place) throws IOException {
        byte[] next = new byte[RecentPlaces.Place.BEGINNING_BYTES_MAX];
        return passed == places.size()
                || places.get(passed).beginsLike(next, content.read(place.offset(), next, next.length));
    }

    /** Where what is skipped ends; empty if nothing is. */
    Optional<ReadPosition> skippedTo() {
        return end == null ? Optional.empty() : Optional.of(end.position());
    }

    /** A cursor where the content is continued; empty if the file holds another content, or not all that may have been sent. */
    Optional<ReadCursor> cursor() throws IOException {
        if (end != null) {
            return Optional.of(end.cursor());
        }
        return isOther || isCut ? Optional.empty() : file.known().resume(content);
    }

    /**
     * Whether the file ends before the end of what may have been sent. It is not known then whether what it has behind the acknowledged
     * position is the same: it may be a copy that was made before the last lines were written, or another file that begins alike.
     */
    boolean isCut() throws IOException {
        return isCut || (end == null && file.acknowledgements().isCutIn(content));
    }

    /**
     * Whether the file, which does not hold all that was read, was copied from the content's file before the last lines were written. It
     * then holds the content up to the last of the recent places in it. False, too, if it ends before all of them: to send lines twice is
     * better than to lose some.
     */
    boolean isEarlierCopy() throws IOException {
        ReadPosition readTo = file.readTo();
        if (end != null || readTo.offset() == 0) {
            return false;
        }
        if (ReadCursor.beginsAs(content, file.acknowledgements().fingerprint())) {
            if (!ReadCursor.ends(content, readTo)) {
                return false;
            }
            passPlaces(readTo.offset(), ReadBudget.unlimited());
            if (passed > 0) {
                return holdsLastPassed;
            }
        }
        Head head = Head.of(content);
        return !head.isWhole()
                && file.cursor().offset() > head.length()
                && file.cursor().beginsLike(head);
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
