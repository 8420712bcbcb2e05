package io.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * One header of a record.
 *
 * @param key the header's name; several headers of a record may share it
 * @param value the header's bytes, not copied
 */
public record Header(String key, byte @Nullable [] value) {}
