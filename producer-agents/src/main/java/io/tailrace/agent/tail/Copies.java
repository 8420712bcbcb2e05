package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files that were found to be copies of a content's own file, as they were then; the oldest is forgotten first. Not thread-safe. */
final class Copies {
    private static final int COMPARED_BYTES = 64 << 10;
    private static final int MAX = 100;

    private final Map<FileId, Stat> known = new LinkedHashMap<>(4);

    /**
     * Whether a file that begins like the content's own file is no copy of it: it has other bytes, or more. May read all of both
     * files, but only once.
     */
    boolean differs(Path ownPath, Stat other) throws IOException {
        if (other.equals(known.get(other.id()))) {
            return false;
        }
        try (Content own = Content.open(ownPath);
                Content theirs = Content.open(other.path())) {
            byte[] ownBytes = new byte[COMPARED_BYTES];
            byte[] theirBytes = new byte[COMPARED_BYTES];
            long at = 0;
            int length = theirs.read(at, theirBytes, COMPARED_BYTES);
            while (length > 0) {
                int ownLength = own.read(at, ownBytes, length);
                if (ownLength < length || !Arrays.equals(ownBytes, 0, length, theirBytes, 0, length)) {
                    return true;
                }
                at += length;
                length = theirs.read(at, theirBytes, COMPARED_BYTES);
            }
        }
        known.put(other.id(), other);
        if (known.size() > MAX) {
            known.remove(known.keySet().iterator().next());
        }
        return false;
    }
}
