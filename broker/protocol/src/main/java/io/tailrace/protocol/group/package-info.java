/**
 * What consumer groups store in {@code __consumer_offsets}, and what consumers tell each other through their group.
 *
 * <p>The formats are Kafka's, so that tools which read the topic understand it. Components carry the versions in which
 * they exist, as those of messages do; {@link io.tailrace.protocol.codec.GroupRecords} and
 * {@link io.tailrace.protocol.codec.ConsumerProtocol} encode and decode them. Records are plain values without rules.
 */
@NullMarked
package io.tailrace.protocol.group;

import org.jspecify.annotations.NullMarked;
