package io.tailrace.protocol.codec;

import io.tailrace.protocol.VersionRange;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The layouts of a message, or of a stored record, by version; each is built on first use. Thread-safe. */
final class MessageLayouts {
    private final String name;
    private final Class<? extends Record> type;
    private final VersionRange versions;
    private final short flexibleSince;
    private final AtomicReferenceArray<StructType> byVersion;

    /**
     * Creates the layouts.
     *
     * @param name the name in errors
     * @param flexibleSince the first version with compact lengths and tagged fields; may be above all versions
     */
    MessageLayouts(String name, Class<? extends Record> type, VersionRange versions, short flexibleSince) {
        this.name = name;
        this.type = type;
        this.versions = versions;
        this.flexibleSince = flexibleSince;
        byVersion = new AtomicReferenceArray<>(versions.max() + 1);
    }

    String name() {
        return name;
    }

    /** The message. */
    Class<? extends Record> type() {
        return type;
    }

    VersionRange versions() {
        return versions;
    }

    /**
     * Returns the layout in a version.
     *
     * @throws IllegalArgumentException if the message has no such version
     */
    StructType at(short version) {
        if (!versions.contains(version)) {
            throw new IllegalArgumentException("version of " + name + ": expected " + versions + ", found " + version);
        }
        StructType layout = byVersion.get(version);
        if (layout == null) {
            // If two threads build it at the same time, either layout may stay: they are equal.
            layout = new StructCompiler(version, version >= flexibleSince).compile(type);
            byVersion.set(version, layout);
        }
        return layout;
    }
}
