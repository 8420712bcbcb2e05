package io.tailrace.protocol.record;

import java.util.Locale;

/** The compression of a batch's records. Its id is the lowest three bits of the batch's attributes. */
public enum CompressionType {
    /** Not compressed. */
    NONE(0),
    /** RFC 1952. */
    GZIP(1),
    /** Snappy blocks in the framing of snappy-java's streams. Also read: a single raw block, as librdkafka sends. */
    SNAPPY(2),
    /** LZ4 frames of independent blocks. */
    LZ4(3),
    /** RFC 8878. Needs Produce 7 and Fetch 10 (KIP-110). */
    ZSTD(4);

    private static final CompressionType[] BY_ID = values();

    private final int id;

    CompressionType(int id) {
        this.id = id;
    }

    /** The id on the wire, 0 to 4. */
    public int id() {
        return id;
    }

    /** The name in configurations, such as {@code zstd}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an id on the wire is known. */
    public static boolean isKnown(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /**
     * Returns the type of an id.
     *
     * @throws IllegalArgumentException if the id is unknown
     */
    public static CompressionType ofId(int id) {
        if (!isKnown(id)) {
            throw new IllegalArgumentException("compression id: expected 0 to 4, found " + id);
        }
        return BY_ID[id];
    }

    /**
     * Returns the type of a name in configurations.
     *
     * @throws IllegalArgumentException if the name is unknown
     */
    public static CompressionType ofConfigName(String name) {
        for (CompressionType type : BY_ID) {
            if (type.configName().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "compression type: expected none, gzip, snappy, lz4 or zstd, found '" + name + "'");
    }
}
