package io.tailrace.protocol.codec;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.VersionRange;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;

/**
 * Encodes and decodes what consumers tell each other through a group of the classic protocol: the version in two bytes,
 * then the fields. Thread-safe.
 *
 * <p>Later versions only append fields, so a version above the highest known one is read as that one.
 */
public final class ConsumerProtocol {
    /** The highest version of subscriptions and assignments. */
    public static final short VERSION_MAX = 3;

    private static final VersionRange VERSIONS = new VersionRange((short) 0, VERSION_MAX);

    private static final MessageLayouts SUBSCRIPTION = layouts(ConsumerProtocolSubscription.class);
    private static final MessageLayouts ASSIGNMENT = layouts(ConsumerProtocolAssignment.class);

    private ConsumerProtocol() {}

    private static MessageLayouts layouts(Class<? extends Record> type) {
        return new MessageLayouts(type.getSimpleName(), type, VERSIONS, Short.MAX_VALUE);
    }

    /**
     * Encodes a subscription.
     *
     * @throws IllegalArgumentException if the version is above {@link #VERSION_MAX}
     */
    public static Bytes encode(ConsumerProtocolSubscription subscription, short version) {
        return encode(SUBSCRIPTION, subscription, version);
    }

    /**
     * Encodes an assignment.
     *
     * @throws IllegalArgumentException if the version is above {@link #VERSION_MAX}
     */
    public static Bytes encode(ConsumerProtocolAssignment assignment, short version) {
        return encode(ASSIGNMENT, assignment, version);
    }

    /**
     * The version of an encoded subscription or assignment, at most {@link #VERSION_MAX}.
     *
     * @throws MalformedMessageException if the bytes have no version, or a negative one
     */
    public static short version(Bytes bytes) {
        return version(new MessageReader(bytes.buffer()));
    }

    /**
     * Decodes a subscription.
     *
     * @throws MalformedMessageException if the bytes are not a subscription
     */
    public static ConsumerProtocolSubscription subscription(Bytes bytes) {
        return (ConsumerProtocolSubscription) decode(SUBSCRIPTION, bytes);
    }

    /**
     * Decodes an assignment.
     *
     * @throws MalformedMessageException if the bytes are not an assignment
     */
    public static ConsumerProtocolAssignment assignment(Bytes bytes) {
        return (ConsumerProtocolAssignment) decode(ASSIGNMENT, bytes);
    }

    private static Bytes encode(MessageLayouts layouts, Record record, short version) {
        MessageWriter out = new MessageWriter();
        out.int16(version);
        layouts.at(version).writeObject(record, out);
        return Bytes.copyOf(ByteBuffer.wrap(out.toByteArray()));
    }

    private static Record decode(MessageLayouts layouts, Bytes bytes) {
        MessageReader in = new MessageReader(bytes.buffer());
        try {
            return layouts.at(version(in)).readObject(in);
        } catch (MalformedMessageException e) {
            throw e.within(layouts.name());
        }
    }

    private static short version(MessageReader in) {
        short version = in.int16();
        if (version < 0) {
            throw in.malformed("version: expected at least 0, found " + version);
        }
        return (short) Math.min(version, VERSION_MAX);
    }
}
