package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.FileSelection.StartAt;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that existed when a source was followed for the first time, until what they held then was skipped: {@code start.at=end}.
 * Not thread-safe.
 */
final class ToSkip {
    private static final Logger log = LoggerFactory.getLogger(ToSkip.class);

    private final TailConfig config;
    /** The files' sizes. */
    private final Map<FileId, Long> sizes = new LinkedHashMap<>();

    private boolean isNew;
    private boolean isChanged;

    ToSkip(TailConfig config) {
        this.config = config;
    }

    /** Has the next scan choose the files, if the configuration says so. */
    void setNew() {
        isNew = config.files().startAt() == StartAt.END;
    }

    /** Adds what a checkpoint has kept. Files of other sources are ignored. */
    void addAll(Collection<FileToSkip> files) {
        files.stream()
                .filter(file -> file.source().equals(config.source()))
                .forEach(file -> sizes.put(file.id(), file.sizeBytes()));
    }

    List<FileToSkip> files() {
        return sizes.entrySet().stream()
                .map(file -> new FileToSkip(config.source(), file.getKey(), file.getValue()))
                .toList();
    }

    /** Chooses the files at the first scan. Later, forgets those that are gone. */
    void scanned(Map<FileId, Stat> listed) {
        if (isNew) {
            listed.values().stream()
                    .filter(stat -> stat.sizeBytes() > 0)
                    .forEach(stat -> sizes.put(stat.id(), stat.sizeBytes()));
            isNew = false;
            isChanged = true;
        }
        isChanged |= sizes.entrySet().removeIf(file -> {
            @Nullable Stat stat = listed.get(file.getKey());
            // A file that became shorter holds another content.
            return stat == null || stat.sizeBytes() < file.getValue();
        });
    }

    boolean contains(Stat stat) {
        return sizes.containsKey(stat.id());
    }

    /** Records that an archive was decompressed further. What is written to it meanwhile is skipped, too. */
    void noteProgress(Stat stat) {
        sizes.replace(stat.id(), stat.sizeBytes());
        isChanged = true;
    }

    void remove(FileId id) {
        isChanged |= sizes.remove(id) != null;
    }

    /** Whether {@link #files} has changed since this was last called. */
    boolean takeChanged() {
        boolean taken = isChanged;
        isChanged = false;
        return taken;
    }

    /**
     * Searches for the end of what is skipped of a content.
     *
     * @return null if nothing is
     */
    @Nullable
    FileEnd end(Content content, Stat stat) {
        long sizeBytes = sizes.getOrDefault(stat.id(), 0L);
        if (!content.isCompressed()) {
            return new FileEnd(config.newline(), sizeBytes);
        }
        if (stat.sizeBytes() > sizeBytes) {
            // It is not known how far its lines of the first start go.
            log.warn(
                    "archive has grown since the source was first followed, sending it from its beginning although"
                            + " start.at=end: {}",
                    stat.path());
            return null;
        }
        return new FileEnd(config.newline(), Long.MAX_VALUE);
    }
}
