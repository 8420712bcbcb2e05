package io.tailrace.agent.tail;

import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * What a checkpoint keeps of a content.
 *
 * @param contentId identity of the content, generated when it was first followed; {@code fileId} in records
 * @param source the source it belongs to
 * @param file the path under which it was first found
 * @param path the path under which it was last seen
 * @param id the file that held it last
 * @param acknowledged how far it was acknowledged
 * @param sent what may have been sent after {@code acknowledged}, in order; empty if nothing
 * @param complete whether it was read to its end and its file is gone
 * @param missingSinceMs when its file was first missed, or 0 while the file is there
 * @param closedSizeBytes size of the file if it was read to its end and closed, else -1
 * @param closedModifiedMs when that file was last written to, else -1
 */
public record FileProgress(
        String contentId,
        String source,
        String file,
        String path,
        FileId id,
        ReadPosition acknowledged,
        List<SentLines> sent,
        boolean complete,
        long missingSinceMs,
        long closedSizeBytes,
        long closedModifiedMs) {
    public FileProgress {
        sent = List.copyOf(sent);
    }

    /** {@link #path}. If the locale lacks its characters, another name takes its place until a scan finds the file by its id. */
    Path pathIn(FileSystem fileSystem) {
        try {
            return fileSystem.getPath(path);
        } catch (InvalidPathException e) {
            return fileSystem.getPath(path.replaceAll("[^\\x01-\\x7e]", "?"));
        }
    }

    /** A new identity: 16 hexadecimal digits, random. */
    public static String newContentId() {
        return HexFormat.of().toHexDigits(UUID.randomUUID().getLeastSignificantBits());
    }
}
