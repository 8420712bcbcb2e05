/**
 * Encodes records as they are sent: framed Avro, from the bytes of a line without an object per line.
 *
 * <p>{@link io.tailrace.agent.encode.RecordWriter} knows the encoding and no schema. Knows nothing of files, formats or brokers.
 */
@NullMarked
package io.tailrace.agent.encode;

import org.jspecify.annotations.NullMarked;
