package io.tailrace.agent.encode;

import java.nio.charset.StandardCharsets;

/**
 * Where the lines of a content come from, encoded once for all of them. Immutable.
 *
 * <p>Every record that an agent makes of a line begins with the same fields: host, file, byteOffset and fileId.
 */
public final class Origin {
    /** The framing, offset and time of a record, and the lengths that surround it in a batch. */
    private static final int NUMBERS_BYTES = 35;

    private final byte[] beforeOffset;
    private final byte[] afterOffset;
    private final byte[] key;
    private final long seed;

    /**
     * The origin of a content's lines.
     *
     * @param file the path under which the content was first found
     * @param fileId the content's identity
     */
    public Origin(String host, String file, String fileId) {
        RecordWriter writer = new RecordWriter();
        writer.text(host);
        writer.text(file);
        beforeOffset = writer.copy();
        writer.clear();
        writer.optionalText(fileId);
        afterOffset = writer.copy();
        seed = seed(fileId);
        key = (host + ":" + file).getBytes(StandardCharsets.UTF_8);
    }

    /** The key of the lines' records. Records of one key share a partition, and so keep their order. */
    public byte[] key() {
        return key.clone();
    }

    /** About how many bytes a record has in a batch beside its line. */
    public int recordOverheadBytes() {
        return beforeOffset.length + afterOffset.length + key.length + NUMBERS_BYTES;
    }

    private static long seed(String fileId) {
        long seed = 0;
        for (int at = 0; at < fileId.length(); at++) {
            seed = mixed(seed ^ fileId.charAt(at));
        }
        return seed;
    }

    /** A hash of a line's identity, all of whose bits depend on all of it: the same for a line that is sent again. */
    public long lineHash(long byteOffset) {
        return mixed(seed ^ mixed(byteOffset));
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mixed(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    byte[] beforeOffset() {
        return beforeOffset;
    }

    byte[] afterOffset() {
        return afterOffset;
    }
}
