/**
 * The messages, one record each, with records inside for what repeats.
 *
 * <p>A record's components are the message's fields in the order of the wire; their annotations say in which versions
 * a field exists, may be null or is tagged. A component of type {@code @Nullable} may be null. A field that a version
 * does not have reads as its default, and is left out when written, whatever its value. So one record serves every
 * version, and nobody but the codec asks which one it is.
 *
 * <p>Messages are immutable; their lists are unmodifiable when they come from the codec and not to be changed when
 * they go to it. A message that was read refers to the frame it came from through its {@link
 * io.tailrace.protocol.RecordsPayload}s only. Nothing here knows bytes, sockets or what a broker does with a message.
 *
 * <p>Names are those of the Kafka protocol guide, shortened where the enclosing record says the rest.
 */
@NullMarked
package io.tailrace.protocol.message;

import org.jspecify.annotations.NullMarked;
