package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * The place that holds a file's bytes, whatever its name. Reused by the file system after the file is gone.
 *
 * @param device number of the file system
 * @param inode number of the file in it
 */
public record FileId(long device, long inode) {

    /**
     * What a directory tells of a file.
     *
     * @param path where it was found
     * @param id where its bytes are
     * @param sizeBytes its size
     * @param modifiedMs when it was last written to
     */
    record Stat(Path path, FileId id, long sizeBytes, long modifiedMs) {
        boolean isGzip() {
            return path.toString().endsWith(".gz");
        }
    }

    /** Looks at a file, links followed. */
    static Stat stat(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime");
        return new Stat(
                path,
                new FileId(number(attributes, "dev"), number(attributes, "ino")),
                number(attributes, "size"),
                attributes.get("lastModifiedTime") instanceof FileTime time ? time.toMillis() : 0);
    }

    private static long number(Map<String, Object> attributes, String name) {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException("attribute unix:" + name + " is not a number: " + attributes);
    }
}
