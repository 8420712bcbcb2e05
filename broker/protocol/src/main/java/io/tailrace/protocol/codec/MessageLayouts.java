package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A message's layouts by version, each built when it is first used. Thread-safe. */
final class MessageLayouts {
    private final ApiKey api;
    private final Class<? extends Record> type;
    private final AtomicReferenceArray<StructType> byVersion;

    MessageLayouts(ApiKey api, Class<? extends Record> type) {
        this.api = api;
        this.type = type;
        byVersion = new AtomicReferenceArray<>(api.served().max() + 1);
    }

    /** The record that describes the message. */
    Class<? extends Record> type() {
        return type;
    }

    /**
     * The message's layout in a version.
     *
     * @throws IllegalArgumentException for a version that is not served
     */
    StructType at(short version) {
        if (!api.served().contains(version)) {
            throw new IllegalArgumentException(api + " is served in versions " + api.served() + ", not in " + version);
        }
        StructType layout = byVersion.get(version);
        if (layout == null) {
            // Two threads may both build it; the layouts are equal, and either may stay.
            layout = new StructCompiler(version, api.flexible(version)).compile(type);
            byVersion.set(version, layout);
        }
        return layout;
    }
}
