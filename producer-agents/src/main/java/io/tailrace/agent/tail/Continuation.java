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
    /** Where chunks ended that were read last, in order, and how many of them were compared. */
    private final List<ReadPosition> places;

    private int passed;
    private boolean holdsLastPassed;

    /** @param end searches for the end of what is skipped; null if nothing is */
    Continuation(FollowedFile file, Content content, @Nullable FileEnd end) {
        this.file = file;
        this.content = content;
        this.end = end;
        places = file.recentPlaces().stream()
                .sorted(Comparator.comparingLong(ReadPosition::offset))
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
        // In a plain file the places can be looked at when they are needed.
        return (!content.isCompressed() || passPlaces(known.offset(), budget))
                && content.advanceTo(known.offset(), 0, budget);
    }

    private boolean passPlaces(long before, ReadBudget budget) throws IOException {
        while (passed < places.size() && places.get(passed).offset() < before) {
            ReadPosition place = places.get(passed);
            if (!content.advanceTo(place.offset(), 0, budget)) {
                return false;
            }
            if (ReadCursor.ends(content, place)) {
                return true;
            }
            holdsLastPassed = ReadCursor.resume(content, place).isPresent();
            passed++;
        }
        return true;
    }

    /** Where what is skipped ends; empty if nothing is. */
    Optional<ReadPosition> skippedTo() {
        return end == null ? Optional.empty() : Optional.of(end.position());
    }

    /**
     * A cursor where the content is continued.
     *
     * @param id the file
     * @return empty if the file holds another content
     */
    Optional<ReadCursor> cursor(FileId id) throws IOException {
        return end == null ? file.known().resume(content, id.equals(file.id())) : Optional.of(end.cursor());
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
