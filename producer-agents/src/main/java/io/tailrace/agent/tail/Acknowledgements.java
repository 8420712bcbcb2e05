package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** How far a content is acknowledged, and what may have been sent after that, perhaps before a crash. Not thread-safe. */
final class Acknowledgements {
    private ReadPosition acknowledged;
    /** What may have been sent after the acknowledged position, in order. */
    private final ArrayDeque<SentLines> sent;

    private int chunksInFlight;
    /** The end of the last chunk in flight. */
    private ReadPosition inFlightTo = ReadPosition.START;

    Acknowledgements(ReadPosition acknowledged, List<SentLines> sent) {
        this.acknowledged = acknowledged;
        this.sent = new ArrayDeque<>(sent);
    }

    /** How far everything is acknowledged. */
    ReadPosition acknowledged() {
        return acknowledged;
    }

    List<SentLines> sent() {
        return List.copyOf(sent);
    }

    /** How far lines are acknowledged or in flight. */
    ReadPosition readTo() {
        return chunksInFlight > 0 ? inFlightTo : acknowledged;
    }

    /** Whether lines that are not acknowledged may have been sent. */
    boolean maySendAgain() {
        return !sent.isEmpty();
    }

    /** When the first of these lines were read; there are some. */
    long sentMs() {
        return sent.getFirst().readMs();
    }

    /** The lines behind a position that may have been sent before a crash; empty if the next lines are new. */
    Optional<SentLines> sentBehind(long offset) {
        return sent.stream().filter(lines -> lines.end().offset() > offset).findFirst();
    }

    /** The furthest position with a fingerprint that is certain to be the content's. */
    ReadPosition fingerprint() {
        return acknowledged.offset() > 0 || sent.isEmpty()
                ? acknowledged
                : sent.getFirst().end();
    }

    /** How far the content's bytes are known. */
    long knownTo() {
        long readTo = readTo().offset();
        return sent.isEmpty() ? readTo : Math.max(readTo, sent.getLast().end().offset());
    }

    /** Whether a file holds all that may have been sent. An archive is not asked, as that may take long. */
    boolean mayBeIn(Content opened) throws IOException {
        if (opened.isCompressed()) {
            return true;
        }
        for (SentLines lines : sent) {
            if (ReadCursor.resume(opened, lines.end()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Whether a file ends before the end of what may have been sent, and holds what was acknowledged. */
    boolean isCutIn(Content opened) throws IOException {
        if (opened.isCompressed() || ReadCursor.resume(opened, fingerprint()).isEmpty()) {
            return false;
        }
        for (SentLines lines : sent) {
            if (ReadCursor.ends(opened, lines.end())) {
                return true;
            }
            if (ReadCursor.resume(opened, lines.end()).isEmpty()) {
                return false;
            }
        }
        return false;
    }

    /** How many chunks are sent and not acknowledged. */
    int chunksInFlight() {
        return chunksInFlight;
    }

    /** Whether nothing of the content was ever sent. */
    boolean isUntouched() {
        return readTo().offset() == 0 && sent.isEmpty();
    }

    /** Has an untouched content begin at a position. */
    void skipTo(ReadPosition position) {
        acknowledged = position;
    }

    /** Records that lines will be sent, after the checkpoint that says so is on disk. */
    void noteSent(ReadPosition end, long readMs) {
        chunksInFlight++;
        inFlightTo = end;
        if (sent.isEmpty() || end.offset() > sent.getLast().end().offset()) {
            sent.add(new SentLines(end, readMs));
        }
    }

    /** Records that the first chunk in flight was acknowledged. */
    void acknowledge(ReadPosition end) {
        if (chunksInFlight == 0 || end.offset() <= acknowledged.offset()) {
            throw new IllegalStateException("acknowledged to " + end.offset() + " after " + acknowledged.offset());
        }
        chunksInFlight--;
        acknowledged = end;
        while (!sent.isEmpty() && sent.getFirst().end().offset() <= end.offset()) {
            sent.remove();
        }
    }
}
