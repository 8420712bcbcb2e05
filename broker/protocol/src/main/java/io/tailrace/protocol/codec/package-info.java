/**
 * Reads and writes messages: records on one side, bytes of any served version on the other.
 *
 * <p>The layout of a message in a version ({@link io.tailrace.protocol.codec.StructType}) is built once from the
 * record that describes it, with method handles, when the version is first used; after that no message costs
 * reflection or boxing. What comes from the wire is never trusted: every length and count is checked against the bytes
 * that are left before anything is allocated, and whatever is wrong is one exception that names the field, {@link
 * io.tailrace.protocol.codec.MalformedMessageException}. Records are passed through by reference in both directions.
 *
 * <p>{@link io.tailrace.protocol.codec.Requests} and {@link io.tailrace.protocol.codec.Responses} are the way in. Both
 * are thread-safe; a frame or an encoded message belongs to one thread at a time. Nothing here knows a socket, and no
 * message is special here but for the header of ApiVersions.
 */
@NullMarked
package io.tailrace.protocol.codec;

import org.jspecify.annotations.NullMarked;
