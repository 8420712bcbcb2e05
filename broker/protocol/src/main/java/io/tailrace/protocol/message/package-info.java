/**
 * The messages, one record each, with nested records for repeated structures.
 *
 * <p>A record's components are the message's fields in wire order. Annotations say in which versions a field exists,
 * may be null or is tagged. A field that a version does not have gets its default when read and is omitted when
 * written. One record therefore serves all versions, and only the codec deals with them.
 *
 * <p>Messages are immutable. Their lists are unmodifiable when they come from the codec, and must not be changed after
 * they were passed to it. A decoded message refers to its frame only through {@link
 * io.tailrace.protocol.RecordsPayload}s. Nothing here knows bytes, sockets or what a broker does with a message.
 *
 * <p>Names are those of the Kafka protocol guide, shortened where the enclosing record implies the rest.
 */
@NullMarked
package io.tailrace.protocol.message;

import org.jspecify.annotations.NullMarked;
