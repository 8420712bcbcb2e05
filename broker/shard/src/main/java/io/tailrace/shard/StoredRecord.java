package io.tailrace.shard;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record of an internal topic. Readers must not move the buffers' positions: they read a duplicate. While a log is being
 * loaded, the buffers are slices of a large buffer that is reused, so a state copies what it keeps.
 *
 * @param key the encoded key
 * @param value the encoded value; null for a tombstone, which removes the key
 */
public record StoredRecord(ByteBuffer key, @Nullable ByteBuffer value) {}
