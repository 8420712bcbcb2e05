/**
 * What the coordinators of transactions store in {@code __transaction_state}.
 *
 * <p>The formats are Kafka's, so that tools which read the topic understand it. Components carry the versions in which they exist,
 * as those of messages do; {@link io.tailrace.protocol.codec.TransactionRecords} encodes and decodes them. Records are plain values
 * without rules.
 */
@NullMarked
package io.tailrace.protocol.transaction;

import org.jspecify.annotations.NullMarked;
