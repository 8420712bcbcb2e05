package io.tailrace.protocol.record;

import org.jspecify.annotations.Nullable;

/**
 * One header of a record.
 *
 * @param key the header's name; several headers of a record may share it
 * @param value the header's bytes, not copied
 */
public record RecordHeader(String key, byte @Nullable [] value) {}
