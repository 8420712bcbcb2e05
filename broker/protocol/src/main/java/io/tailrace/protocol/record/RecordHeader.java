package io.tailrace.protocol.record;

import org.jspecify.annotations.Nullable;

/**
 * One header of a record.
 *
 * @param key the header's name; a record may have several headers of one name
 * @param value the header's bytes, not copied
 */
public record RecordHeader(String key, byte @Nullable [] value) {}
