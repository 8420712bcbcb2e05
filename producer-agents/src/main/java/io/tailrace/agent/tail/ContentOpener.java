package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens files to continue contents in them. An archive that has to be decompressed up to a position takes several scans, so that others
 * are read meanwhile. Not thread-safe.
 */
final class ContentOpener {
    private static final Logger log = LoggerFactory.getLogger(ContentOpener.class);

    private final DecoderMemory memory;
    private final ReadBudget budget;
    private final ToSkip toSkip;
    /** Archives that are not decompressed up to where they are continued. */
    private final Map<FileId, Continuation> unready = new HashMap<>();
    /** Those that were asked for since the last scan. */
    private final Set<FileId> asked = new HashSet<>();

    private long advances;

    ContentOpener(DecoderMemory memory, ReadBudget budget, ToSkip toSkip) {
        this.memory = memory;
        this.budget = budget;
        this.toSkip = toSkip;
    }

    /**
     * Opens a file to continue a content in it, if it holds that content.
     *
     * @param skips whether the content is new, and is to be skipped
     * @return empty if it is not ready: to be asked again by the next scan
     */
    Optional<Continuation> open(FollowedFile file, Stat stat, boolean skips) throws IOException {
        @Nullable Continuation before = unready.get(stat.id());
        if (before != null && !before.isFor(file)) {
            // It is decided first whether the file holds another content, which begins alike.
            return Optional.empty();
        }
        unready.remove(stat.id());
        Continuation attempt = before;
        if (attempt == null) {
            Content content = Content.open(stat.path(), memory);
            attempt = new Continuation(file, content, skips ? toSkip.end(content, stat) : null);
        }
        boolean mayAdvance = budget.isLeft();
        try {
            if (attempt.content().isReady() && attempt.advance(budget)) {
                return Optional.of(attempt);
            }
        } catch (IOException | RuntimeException e) {
            closeQuietly(attempt);
            throw e;
        }
        if (before == null && !mayAdvance) {
            // Many archives may wait for their turn, without a descriptor.
            closeQuietly(attempt);
            return Optional.empty();
        }
        advances += mayAdvance ? 1 : 0;
        if (skips) {
            toSkip.noteProgress(stat);
        }
        asked.add(stat.id());
        unready.put(stat.id(), attempt);
        return Optional.empty();
    }

    /** How often an archive got further, and was not ready. */
    long advances() {
        return advances;
    }

    /** Ends a scan: closes what it has not asked for. */
    void scanned() {
        unready.entrySet().removeIf(each -> {
            boolean isAsked = asked.contains(each.getKey());
            if (!isAsked) {
                closeQuietly(each.getValue());
            }
            return !isAsked;
        });
        asked.clear();
    }

    void close() {
        unready.values().forEach(ContentOpener::closeQuietly);
        unready.clear();
    }

    /** Closes a file that was only read, so that nothing is lost if that fails. */
    static void closeQuietly(@Nullable Closeable file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                log.debug("cannot close a file that was read", e);
            }
        }
    }
}
