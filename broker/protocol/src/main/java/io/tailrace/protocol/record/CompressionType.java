package io.tailrace.protocol.record;

import java.util.Locale;

/** How a batch's records are compressed; the id is the lowest three bits of the batch's attributes. */
public enum CompressionType {
    /** Records as they are. */
    NONE(0),
    /** RFC 1952. */
    GZIP(1),
    /** Snappy blocks in the framing of snappy-java's streams; a single raw block is read too, as librdkafka sends. */
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

    /** The name configuration knows it by, as {@code zstd}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an id of the wire has a meaning. */
    public static boolean isKnown(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /**
     * The type of an id.
     *
     * @throws IllegalArgumentException for an id outside 0 to 4
     */
    public static CompressionType ofId(int id) {
        if (!isKnown(id)) {
            throw new IllegalArgumentException("compression id " + id + " is unknown, expected 0 to 4");
        }
        return BY_ID[id];
    }

    /**
     * The type of a configuration value.
     *
     * @throws IllegalArgumentException for a name that is not one of them
     */
    public static CompressionType ofConfigName(String name) {
        for (CompressionType type : BY_ID) {
            if (type.configName().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "compression type '" + name + "' is unknown, expected none, gzip, snappy, lz4 or zstd");
    }
}
