/**
 * Encodes and decodes messages in all served versions.
 *
 * <p>The layout of a message in a version ({@link io.tailrace.protocol.codec.StructType}) is built once, from the
 * message's record with method handles, when the version is first used. Afterwards messages need neither reflection nor
 * boxing. Bytes from the wire are not trusted: every length and count is checked against the remaining bytes before
 * anything is allocated, and any fault is a {@link io.tailrace.protocol.codec.MalformedMessageException} that names the
 * field. Record batches are never copied.
 *
 * <p>Entry points are {@link io.tailrace.protocol.codec.Requests} and {@link io.tailrace.protocol.codec.Responses}, and
 * {@link io.tailrace.protocol.codec.GroupRecords} and {@link io.tailrace.protocol.codec.ConsumerProtocol} for what groups
 * store and exchange. All are thread-safe; a frame or an encoded message belongs to one thread at a time. Nothing here knows sockets, and
 * no message is a special case except the header of ApiVersions.
 */
@NullMarked
package io.tailrace.protocol.codec;

import org.jspecify.annotations.NullMarked;
