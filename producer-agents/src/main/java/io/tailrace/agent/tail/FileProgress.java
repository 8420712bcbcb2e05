package io.tailrace.agent.tail;

/**
 * What a checkpoint keeps of a content.
 *
 * @param source the source it belongs to
 * @param file the path under which it was first found
 * @param path the path under which it was last seen
 * @param id the file that held it last
 * @param acknowledged how far it was acknowledged
 * @param complete whether it was read to its end and its file is gone
 * @param missingSinceMs when its file was first missed, or 0 while the file is there
 * @param closedSizeBytes size of the file if it was read to its end and closed, else -1
 * @param closedModifiedMs when that file was last written to, else -1
 */
public record FileProgress(
        String source,
        String file,
        String path,
        FileId id,
        ReadPosition acknowledged,
        boolean complete,
        long missingSinceMs,
        long closedSizeBytes,
        long closedModifiedMs) {}
