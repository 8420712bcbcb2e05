package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import java.util.OptionalLong;

/**
 * The result of an offset lookup in a partition.
 *
 * @param error {@link ErrorCode#NONE}, or why the lookup failed
 * @param offset the offset; empty after an error, or if no record is as late as the requested time
 */
public record PartitionOffset(ErrorCode error, OptionalLong offset) {}
