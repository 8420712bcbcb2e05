package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FollowedFile.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one source: which contents there are, which file holds each, and what is new in them.
 *
 * <p>Not thread-safe.
 */
public final class SourceTail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SourceTail.class);

    /** A log full of overlong lines must not fill the agent's own. */
    private static final long OVERLONG_TOLD_EVERY_MS = 60_000;

    private final TailConfig config;
    private final Listing listing;
    private final LineReader reader;
    private final List<FollowedFile> followed = new ArrayList<>();
    private long overlongLines;
    private long overlongLinesTold;
    private long overlongTellAtMs = Long.MIN_VALUE;

    /**
     * Starts where a checkpoint left off.
     *
     * @param entries what the checkpoint keeps of this source
     */
    public SourceTail(TailConfig config, List<FollowedFile.Entry> entries) {
        this.config = config;
        listing = new Listing(config.globs());
        reader = config.lineReader();
        entries.forEach(entry -> followed.add(new FollowedFile(entry)));
    }

    /** What a checkpoint must keep now. Contents that nothing was acknowledged of are found again without it. */
    public List<FollowedFile.Entry> entries() {
        return followed.stream()
                .filter(file -> file.committed().position() > 0)
                .map(FollowedFile::entry)
                .toList();
    }

    /** The contents that may be read now, of which no chunk is in flight. */
    public List<FollowedFile> readable() {
        return followed.stream()
                .filter(file -> !file.isInFlight() && file.content() != null)
                .toList();
    }

    /** Whether every open file was read to its present end when it was last looked at. */
    public boolean isAtEnd() {
        return followed.stream().allMatch(file -> file.content() == null || file.isAtEnd());
    }

    /** Looks at the directories: finds new files, renamed, replaced and vanished ones, and lets go of what is done. */
    public void scan(long nowMs) {
        Map<FileId, Stat> listed = listing.list();
        for (FollowedFile file : List.copyOf(followed)) {
            @Nullable Stat stat = listed.get(file.id());
            if (file.state() == State.ADRIFT) {
                reviveOrForget(file, stat, nowMs);
            } else if (stat != null) {
                keep(file, stat, nowMs);
            } else if (file.content() == null) {
                file.setAdrift(file.isRestingComplete(), nowMs);
            } else if (file.state() == State.LISTED) {
                log.info("{} has lost its name; reading it to its end", file.path());
                file.becomes(State.UNLISTED);
                file.grown(nowMs);
            }
        }
        for (Stat stat : listed.values()) {
            if (!isHeld(stat.id()) && stat.sizeBytes() > 0) {
                meet(stat, nowMs);
            }
        }
        tellOfOverlongLines(nowMs);
    }

    private void tellOfOverlongLines(long nowMs) {
        if (overlongLines > overlongLinesTold && nowMs >= overlongTellAtMs) {
            log.warn(
                    "source {}: {} lines since the start were longer than {} bytes and went to the dead letters, cut",
                    config.source(),
                    overlongLines,
                    config.lineBytesMax());
            overlongLinesTold = overlongLines;
            overlongTellAtMs = nowMs + OVERLONG_TOLD_EVERY_MS;
        }
    }

    private boolean isHeld(FileId id) {
        return followed.stream()
                .anyMatch(file -> file.state() != State.ADRIFT && file.id().equals(id));
    }

    private void reviveOrForget(FollowedFile file, @Nullable Stat stat, long nowMs) {
        if (stat != null && !isHeld(stat.id())) {
            if (!file.hasChanged(stat)) {
                file.rest(stat);
                return;
            }
            if (takeOver(file, stat, State.LISTED, nowMs) != Takeover.OTHER) {
                return;
            }
        }
        if (file.adriftSinceMs() == 0) {
            file.setAdrift(file.isComplete(), nowMs);
        }
        long adriftMs = nowMs - file.adriftSinceMs();
        if (adriftMs > config.forgetMs()) {
            followed.remove(file);
        } else if (!file.isComplete() && adriftMs <= config.rotatedWaitMs()) {
            lookBeside(file, nowMs);
        }
    }

    /** A file that was renamed, copied or compressed to a name outside the globs is still read to its end. */
    private void lookBeside(FollowedFile file, long nowMs) {
        for (Stat sibling : listing.beside(file.path())) {
            boolean candidate = sibling.id().equals(file.id()) || Kinship.isNamedAfter(sibling, file);
            if (candidate
                    && !isHeld(sibling.id())
                    && takeOver(file, sibling, State.UNLISTED, nowMs) == Takeover.TAKEN) {
                return;
            }
        }
    }

    private void keep(FollowedFile file, Stat stat, long nowMs) {
        file.becomes(State.LISTED);
        boolean changed = file.hasChanged(stat);
        if (changed) {
            file.grown(nowMs);
        }
        if (file.content() != null) {
            boolean idle = file.isAtEnd() && !file.isInFlight() && file.quietMs(nowMs) > config.idleCloseMs();
            if (idle) {
                file.closeContent();
            }
        } else if (changed) {
            switch (takeOver(file, stat, State.LISTED, nowMs)) {
                case TAKEN -> {}
                case OTHER -> {
                    replaced(file, nowMs);
                    return;
                }
                case UNREADABLE -> {
                    return;
                }
            }
        }
        file.seen(stat);
    }

    /** Decides what a file that nobody follows holds. */
    private void meet(Stat stat, long nowMs) {
        try {
            for (FollowedFile known : List.copyOf(followed)) {
                Kinship.Verdict verdict = Kinship.judge(stat, known, nowMs);
                boolean settled = verdict == Kinship.Verdict.WAIT
                        || (verdict == Kinship.Verdict.HEIR && inherit(known, stat, nowMs));
                if (settled) {
                    return;
                }
            }
        } catch (IOException e) {
            listing.unreadable(stat.path(), e);
            return;
        }
        FollowedFile file = new FollowedFile(config.source(), stat);
        if (takeOver(file, stat, State.LISTED, nowMs) == Takeover.TAKEN) {
            followed.add(file);
            log.info("following {}", stat.path());
        }
    }

    /** Lets a file that begins like a known content go on with it, unless it turns out to hold another. */
    private boolean inherit(FollowedFile known, Stat stat, long nowMs) {
        if (known.state() == State.LISTED) {
            replaced(known, nowMs);
        }
        if (known.isComplete()) {
            known.rest(stat);
            return true;
        }
        if (takeOver(known, stat, State.LISTED, nowMs) != Takeover.OTHER) {
            return true;
        }
        if (Kinship.isYoung(stat, nowMs)) {
            return true;
        }
        boolean copiedBeforeTheLastLines =
                !stat.isGzip() && stat.sizeBytes() < known.committed().position();
        if (copiedBeforeTheLastLines) {
            known.rest(stat);
        }
        return copiedBeforeTheLastLines;
    }

    private enum Takeover {
        TAKEN,
        OTHER,
        UNREADABLE
    }

    /** Goes on with a content in a file, if the file holds it. */
    private Takeover takeOver(FollowedFile file, Stat stat, State state, long nowMs) {
        Content content = null;
        try {
            content = Content.open(stat.path());
            Optional<Trail> trail = Trail.resume(content, file.committed());
            boolean renamedMeanwhile = !FileId.stat(stat.path()).id().equals(stat.id());
            listing.readable(stat.path());
            if (renamedMeanwhile || trail.isEmpty()) {
                content.close();
                return renamedMeanwhile ? Takeover.UNREADABLE : Takeover.OTHER;
            }
            file.attach(stat, state, content, trail.get(), nowMs);
            return Takeover.TAKEN;
        } catch (IOException e) {
            listing.unreadable(stat.path(), e);
            closeQuietly(content);
            return Takeover.UNREADABLE;
        }
    }

    private static void closeQuietly(@Nullable Content content) {
        if (content != null) {
            try {
                content.close();
            } catch (IOException e) {
                log.debug("closing a file that could not be read", e);
            }
        }
    }

    private void replaced(FollowedFile file, long nowMs) {
        log.info(
                "{} was truncated or replaced after byte {}",
                file.path(),
                file.committed().position());
        file.setAdrift(false, nowMs);
        if (file.committed().position() == 0 && !file.isInFlight()) {
            followed.remove(file);
        }
    }

    /**
     * Reads what is new in a content. The chunk must be sent, and {@link FollowedFile#acknowledged} called, before
     * the content is read again.
     *
     * @return empty when there is no whole line yet, or the file turned out to be another
     */
    public Optional<Chunk> read(FollowedFile file, long nowMs) {
        Content content = file.content();
        if (content == null) {
            return Optional.empty();
        }
        boolean last = file.state() == State.UNLISTED && file.quietMs(nowMs) > config.rotatedWaitMs();
        if (file.isAtEnd() && !last && content instanceof GzipContent) {
            // Every look at it decompresses it from its beginning; the scan tells when there is more.
            return Optional.empty();
        }
        long searchedTo = file.search().searchedTo();
        try {
            Optional<Chunk> chunk = reader.read(content, file.trail(), file.search(), last);
            if (chunk.isPresent()) {
                file.grown(nowMs);
                file.sent();
                overlongLines +=
                        chunk.get().lines().stream().filter(Line::isOverlong).count();
            } else if (file.search().searchedTo() > searchedTo) {
                // In the middle of a line that is longer than one look: not at an end yet.
                file.grown(nowMs);
            } else if (last) {
                log.info(
                        "{} was read to its end, byte {}",
                        file.path(),
                        file.trail().position());
                file.setAdrift(true, nowMs);
            } else {
                file.cameToEnd();
            }
            return chunk;
        } catch (LineReader.ReplacedException e) {
            replaced(file, nowMs);
        } catch (ZipException e) {
            listing.unreadable(file.path(), e);
            if (last) {
                file.setAdrift(false, nowMs);
            } else {
                file.cameToEnd();
            }
        } catch (IOException e) {
            listing.unreadable(file.path(), e);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        followed.forEach(FollowedFile::closeContent);
    }
}
