package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens files. An archive that has to be decompressed up to a position takes several scans, so that others are read meanwhile. Not thread-safe. */
final class ContentOpener {
    private static final Logger log = LoggerFactory.getLogger(ContentOpener.class);

    private final DecoderMemory memory;
    /** Archives that are not decompressed up to where they are continued. */
    private final Map<FileId, Content> unready = new HashMap<>();
    /** Those that were asked for since the last scan. */
    private final Set<FileId> asked = new HashSet<>();

    private long advances;

    ContentOpener(DecoderMemory memory) {
        this.memory = memory;
    }

    /**
     * Opens a file to continue a content in it, if it holds that content.
     *
     * @param skips whether the content is new, and is to be skipped
     * @return empty if it is not ready: to be asked again by the next scan
     */
    Optional<Content> open(FollowedFile file, Stat stat, boolean skips) throws IOException {
        Content before = unready.remove(stat.id());
        Content content = before == null ? Content.open(stat.path(), memory) : before;
        try {
            if (isReady(file, content, skips)) {
                return Optional.of(content);
            }
        } catch (IOException e) {
            content.close();
            throw e;
        }
        advances++;
        asked.add(stat.id());
        unready.put(stat.id(), content);
        return Optional.empty();
    }

    private static boolean isReady(FollowedFile file, Content content, boolean skips) throws IOException {
        if (skips) {
            return content.advanceTo(Long.MAX_VALUE);
        }
        ReadPosition known = file.acknowledgements().fingerprint();
        return !ReadCursor.beginsAs(content, known) || content.advanceTo(known.offset());
    }

    /** How often an archive got further, and was not ready. */
    long advances() {
        return advances;
    }

    /** Ends a scan: closes what it has not asked for. */
    void scanned() {
        for (Iterator<Map.Entry<FileId, Content>> each = unready.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<FileId, Content> content = each.next();
            if (!asked.contains(content.getKey())) {
                closeQuietly(content.getValue());
                each.remove();
            }
        }
        asked.clear();
    }

    void close() {
        unready.values().forEach(ContentOpener::closeQuietly);
        unready.clear();
    }

    private static void closeQuietly(Content content) {
        try {
            content.close();
        } catch (IOException e) {
            // Nothing is lost: the file was only read.
            log.debug("cannot close an archive", e);
        }
    }
}
