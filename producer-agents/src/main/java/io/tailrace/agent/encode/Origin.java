package io.tailrace.agent.encode;

import java.nio.charset.StandardCharsets;

/**
 * Where the lines of a content come from, encoded once for all of them. Immutable.
 *
 * <p>Every record that an agent makes of a line begins with the same fields: host, file, byteOffset and fileId.
 */
public final class Origin {
    private final byte[] beforeOffset;
    private final byte[] afterOffset;
    private final byte[] key;

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
        key = (host + ":" + file).getBytes(StandardCharsets.UTF_8);
    }

    /** The key of the lines' records. Records of one key share a partition, and so keep their order. */
    public byte[] key() {
        return key.clone();
    }

    byte[] beforeOffset() {
        return beforeOffset;
    }

    byte[] afterOffset() {
        return afterOffset;
    }
}
