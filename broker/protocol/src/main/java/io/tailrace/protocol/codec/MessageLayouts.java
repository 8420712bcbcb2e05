package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The layouts of a message by version, each built on first use. Thread-safe. */
final class MessageLayouts {
    private final ApiKey api;
    private final Class<? extends Record> type;
    private final AtomicReferenceArray<StructType> byVersion;

    MessageLayouts(ApiKey api, Class<? extends Record> type) {
        this.api = api;
        this.type = type;
        byVersion = new AtomicReferenceArray<>(api.served().max() + 1);
    }

    /** The message. */
    Class<? extends Record> type() {
        return type;
    }

    /**
     * Returns the layout in a version.
     *
     * @throws IllegalArgumentException if the version is not advertised
     */
    StructType at(short version) {
        if (!api.advertised().contains(version)) {
            throw new IllegalArgumentException(
                    "version of " + api + ": expected " + api.advertised() + ", found " + version);
        }
        StructType layout = byVersion.get(version);
        if (layout == null) {
            // If two threads build it at the same time, either layout may stay: they are equal.
            layout = new StructCompiler(version, api.flexible(version)).compile(type);
            byVersion.set(version, layout);
        }
        return layout;
    }
}
