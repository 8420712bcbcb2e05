package io.tailrace.shard;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record of an internal topic. Readers must not move the buffers' positions: they read a duplicate.
 *
 * @param key the encoded key
 * @param value the encoded value; null for a tombstone, which removes the key
 */
public record StoredRecord(ByteBuffer key, @Nullable ByteBuffer value) {}
