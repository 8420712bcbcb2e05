package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * Identifies a file whatever its name. The file system reuses the numbers after the file is deleted.
 *
 * @param device number of the file system
 * @param inode number of the file in it
 */
public record FileId(long device, long inode) {

    /**
     * A file's attributes.
     *
     * @param path where it was found
     * @param sizeBytes its size, compressed if it is an archive
     * @param modifiedMs when it was last written to
     */
    record Stat(Path path, FileId id, long sizeBytes, long modifiedMs) {
        /** Whether the name is that of an archive. */
        boolean isNamedArchive() {
            return Compression.ofName(path.toString()) != null;
        }
    }

    /** Reads a file's attributes. Follows links. */
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
